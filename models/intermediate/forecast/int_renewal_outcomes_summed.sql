-- Grain: one row per month in which outcomes of terms became final, segment on the last day of the
-- term, months of notice (none = null), and whether nothing was decided when it ended.
with terms as (

    select
        *,
        {{ month_index(add_days('term_end_date', -1)) }} as last_month_index,
        -- nothing can change once the grace days are over
        {{ month_index(add_days('term_end_date', renewal_grace_days())) }} as settled_month_index,
        outcome in ('late', 'lost') and notice_date is null as was_open_at_end
    from {{ ref('int_renewal_outcomes') }}
    where outcome <> 'open'

),

segments as (

    select * from {{ ref('int_customer_segments_spanned') }}

),

final as (

    select
        terms.settled_month_index,
        coalesce({{ leading_segment_of('segments') }}, 'unknown') as segment,
        terms.term_end_month_index - {{ month_index('terms.notice_date') }} as notice_months,
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
        terms.term_end_month_index - {{ month_index('terms.notice_date') }},
        terms.was_open_at_end

)

select * from final
