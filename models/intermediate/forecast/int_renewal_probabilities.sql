-- Grain: one row per projected term, with the probability that it is renewed and its source. The
-- order of the cases is the definition.
-- long because rates of the segment and of all are found for this end and the ends after it
{{ config(enabled=is_on('forecast')) }}
{%- set leads = {
    'this': 'least(12, terms.lead_months)',
    'later': 'least(12, terms.lead_months + terms.term_months)',
    'first': '1',
} %}
with terms as (

    select
        *,
        arr - signed_arr - lost_arr as open_arr
    from {{ ref('int_projected_terms') }}

),

segments as (

    select * from {{ ref('int_customer_segment_spans') }}

),

rates as (

    select * from {{ ref('int_renewal_rates_by_origin') }}

),

opportunities as (

    -- the CRM states what is known today, and not what was known at past origins
    select
        *,
        {{ last_published_month_index() }} as origin_month_index
    from {{ ref('int_renewal_opportunities') }}

),

gathered as (

    select
        terms.*,
        -- without a rate of terms that ended undecided: the rate a month before the end
        coalesce(
            this_segment.renewal_rate,
            this_all.renewal_rate,
            case
                when terms.lead_months = 0
                    then coalesce(first_segment.renewal_rate, first_all.renewal_rate)
            end
        ) as renewal_rate,
        coalesce(later_segment.renewal_rate, later_all.renewal_rate) as later_probability,
        coalesce(opportunities.is_won, false) as is_won,
        coalesce(opportunities.is_lost, false) as is_lost,
        opportunities.opportunity_id,
        opportunities.forecast_category,
        case
            when terms.lead_months <= {{ forecast_category_months() }}
                then opportunities.category_probability
        end as category_probability
    from terms
    left join segments
        on
            terms.customer_id = segments.customer_id
            and terms.origin_month_index >= segments.from_month_index
            and terms.origin_month_index < {{ or_open('segments.until_month_index') }}
    left join opportunities
        on
            terms.contract_key = opportunities.contract_key
            and terms.term_end_date = opportunities.term_end_date
            and terms.origin_month_index = opportunities.origin_month_index
    {%- for name, lead_months in leads.items() %}
    left join rates as {{ name }}_segment
        on
            terms.origin_month_index = {{ name }}_segment.origin_month_index
            and {{ lead_months }} = {{ name }}_segment.lead_months
            and {{ name }}_segment.segment_type = 'leading_segment'
            and coalesce({{ leading_segment_of('segments') }}, 'unknown')
            = {{ name }}_segment.segment_value
    left join rates as {{ name }}_all
        on
            terms.origin_month_index = {{ name }}_all.origin_month_index
            and {{ lead_months }} = {{ name }}_all.lead_months
            and {{ name }}_all.segment_type = 'all'
    {%- endfor %}

),

classified as (

    select
        *,
        case
            when open_arr = 0 and signed_arr = 0 then 'notice'
            when open_arr = 0 or is_won then 'signed'
            when is_lost then 'lost_opportunity'
            when category_probability is not null then 'forecast_category'
            when renewal_rate is not null then 'renewal_rate'
            else 'none'
        end as probability_source,
        case
            when open_arr = 0 or is_lost then 0
            when is_won then 1
            else coalesce(category_probability, renewal_rate)
        end as open_probability
    from gathered

),

-- a discount in a family of its own has the probability of the charge that ends with it
judged as (

    select
        *,
        arr < 0 and open_arr <> 0 as is_open_discount,
        coalesce(max(case when arr > 0 then open_probability end) over (
            partition by origin_month_index, customer_key, term_end_date
        ), 1) as charge_probability
    from classified

),

weighed as (

    select
        *,
        case
            when is_open_discount then charge_probability
            when signed_arr = 0 and lost_arr = 0 then open_probability
            else {{ ratio('signed_arr + open_arr * open_probability', 'arr') }}
        end as share_kept,
        -- a discount that is over is no part of what may be renewed
        case
            when lost_arr < 0 and arr > 0
                then {{ ratio('signed_arr + open_arr * open_probability', 'arr - lost_arr') }}
        end as probability_without_discount
    from judged

),

final as (

    select
        origin_month_index,
        contract_key,
        source_system,
        subscription_id,
        customer_id,
        customer_key,
        product_family,
        term_end_date,
        term_end_month_index,
        lead_months,
        term_months,
        arr,
        case when is_open_discount then 0 else signed_arr end as signed_arr,
        case when is_open_discount then 0 else lost_arr end as lost_arr,
        case when is_open_discount then 0 else first_up_arr end as first_up_arr,
        renews_automatically,
        opportunity_id,
        forecast_category,
        probability_source,
        -- discounts are lines below zero and must not take it out of its bounds
        case
            when coalesce(probability_without_discount, share_kept) <= 0 then 0
            when coalesce(probability_without_discount, share_kept) > 1 then 1
            else coalesce(probability_without_discount, share_kept)
        end as renewal_probability,
        case
            when share_kept <= 0 then 0
            when share_kept > 1 and probability_without_discount is null then 1
            else share_kept
        end as share_kept,
        later_probability
    from weighed

)

select * from final
