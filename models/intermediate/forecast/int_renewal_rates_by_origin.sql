-- Grain: one row per origin month, months until a term ends and segment: the share renewed, in the
-- months before the origin, of terms without notice so many months before their end.
-- long because terms are summed by segment and in all, and the segment is drawn towards all
{{ config(enabled=is_on('forecast')) }}
with terms as (

    select
        *,
        {{ month_index(add_days('term_end_date', -1)) }} as last_month_index,
        -- an outcome is final after the grace days
        {{ month_index(add_days('term_end_date', renewal_grace_days())) }} as settled_month_index,
        case
            when notice_date <= term_end_date
                then term_end_month_index - {{ month_index('notice_date') }}
        end as notice_months,
        outcome in ('late', 'lost')
        and coalesce(notice_date > term_end_date, true) as was_open_at_end
    from {{ ref('int_renewal_outcomes') }}
    where outcome <> 'open'

),

segments as (

    select * from {{ ref('int_customer_segment_spans') }}

),

outcomes as (

    select
        terms.settled_month_index,
        coalesce({{ leading_segment_of('segments') }}, 'unknown') as segment_value,
        terms.notice_months,
        terms.was_open_at_end,
        count(*) as terms,
        sum(terms.up_for_renewal_arr) as up_for_renewal_arr,
        sum(
            case
                when terms.continued_arr < terms.up_for_renewal_arr then terms.continued_arr
                else terms.up_for_renewal_arr
            end
        ) as gross_renewed_arr
    from terms
    left join segments
        on
            terms.customer_id = segments.customer_id
            and terms.last_month_index >= segments.from_month_index
            and terms.last_month_index < {{ or_open('segments.until_month_index') }}
    group by
        terms.settled_month_index,
        coalesce({{ leading_segment_of('segments') }}, 'unknown'),
        terms.notice_months,
        terms.was_open_at_end

),

origins as (

    select distinct origin_month_index
    from {{ ref('int_projection_horizons') }}

),

leads as (
    {%- for months in range(13) %}
    select {{ months }} as lead_months
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- at 0 months: terms that ended without a notice or a renewal
by_segment as (

    select
        origins.origin_month_index,
        leads.lead_months,
        outcomes.segment_value,
        cast(sum(outcomes.terms) as bigint) as terms,
        sum(outcomes.up_for_renewal_arr) as up_for_renewal_arr,
        sum(outcomes.gross_renewed_arr) as gross_renewed_arr,
        {{ ratio('sum(outcomes.gross_renewed_arr)', 'sum(outcomes.up_for_renewal_arr)') }}
            as observed_rate
    from origins
    cross join leads
    inner join outcomes
        on
            origins.origin_month_index >= outcomes.settled_month_index
            and origins.origin_month_index - {{ renewal_rate_months() }}
            < outcomes.settled_month_index
            and (outcomes.notice_months is null or leads.lead_months > outcomes.notice_months)
            and (leads.lead_months > 0 or outcomes.was_open_at_end)
    group by origins.origin_month_index, leads.lead_months, outcomes.segment_value

),

overall as (

    select
        origin_month_index,
        lead_months,
        cast(sum(terms) as bigint) as terms,
        {{ ratio('sum(gross_renewed_arr)', 'sum(up_for_renewal_arr)') }} as renewal_rate
    from by_segment
    group by origin_month_index, lead_months

),

final as (

    select
        origin_month_index,
        lead_months,
        'all' as segment_type,
        'all' as segment_value,
        terms,
        renewal_rate as observed_rate,
        renewal_rate
    from overall

    union all

    -- so many terms of the whole are added to those of the segment
    select
        by_segment.origin_month_index,
        by_segment.lead_months,
        'leading_segment' as segment_type,
        by_segment.segment_value,
        by_segment.terms,
        by_segment.observed_rate,
        {{ ratio(
            'by_segment.terms * by_segment.observed_rate + '
            ~ renewal_rate_prior_terms() ~ ' * overall.renewal_rate',
            'by_segment.terms + ' ~ renewal_rate_prior_terms()
        ) }} as renewal_rate
    from by_segment
    inner join overall
        on
            by_segment.origin_month_index = overall.origin_month_index
            and by_segment.lead_months = overall.lead_months

)

select * from final
