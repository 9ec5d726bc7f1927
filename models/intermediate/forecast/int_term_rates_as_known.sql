-- Grain: one row per term seen ahead from an origin month, with the segment of its customer and the
-- renewal rates known then: for its end, and for the ends after it.
{%- set leads = {
    'this': 'terms.lead_months',
    'later': 'least(12, terms.lead_months + terms.term_months)',
    'first': '1',
} %}
with terms as (

    select * from {{ ref('int_terms_seen_ahead') }}

),

segments as (

    select * from {{ ref('int_customer_segments_spanned') }}

),

rates as (

    select * from {{ ref('int_renewal_rates_as_known') }}

),

final as (

    select
        terms.origin_month_index,
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.term_end_month_index,
        terms.lead_months,
        terms.term_months,
        terms.arr,
        terms.signed_arr,
        terms.lost_arr,
        terms.renews_automatically,
        coalesce({{ leading_segment_of('segments') }}, 'unknown') as segment,
        -- where no term ever came to its end undecided: the rate of a month before it
        coalesce(
            this_segment.renewal_rate,
            this_all.renewal_rate,
            case
                when terms.lead_months = 0
                    then coalesce(first_segment.renewal_rate, first_all.renewal_rate)
            end
        ) as renewal_rate,
        coalesce(later_segment.renewal_rate, later_all.renewal_rate) as later_renewal_rate
    from terms
    left join segments
        on
            terms.customer_id = segments.customer_id
            and terms.origin_month_index >= segments.from_month_index
            and terms.origin_month_index < {{ or_open('segments.until_month_index') }}
    {%- for name, lead_months in leads.items() %}
    left join rates as {{ name }}_segment
        on
            terms.origin_month_index = {{ name }}_segment.origin_month_index
            and {{ lead_months }} = {{ name }}_segment.lead_months
            and {{ name }}_segment.segment_type = 'segment'
            and coalesce({{ leading_segment_of('segments') }}, 'unknown')
            = {{ name }}_segment.segment_value
    left join rates as {{ name }}_all
        on
            terms.origin_month_index = {{ name }}_all.origin_month_index
            and {{ lead_months }} = {{ name }}_all.lead_months
            and {{ name }}_all.segment_type = 'all'
    {%- endfor %}

)

select * from final
