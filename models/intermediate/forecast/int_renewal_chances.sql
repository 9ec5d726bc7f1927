-- Grain: one row per term seen ahead from an origin month, with the chance that it is renewed and
-- where the chance comes from. The order of the cases is the definition.
-- long because what is decided is weighed with what is open
with terms as (

    select
        *,
        arr - signed_arr - lost_arr as open_arr
    from {{ ref('int_term_rates_as_known') }}

),

opportunities as (

    -- what the CRM says is said today, and was not known of the past
    select
        *,
        {{ last_published_month_index() }} as origin_month_index
    from {{ ref('int_renewal_opportunities_matched') }}

),

gathered as (

    select
        terms.*,
        coalesce(opportunities.is_won, false) as is_won,
        coalesce(opportunities.is_lost, false) as is_lost,
        opportunities.opportunity_id,
        opportunities.forecast_category,
        case
            when terms.lead_months <= {{ forecast_category_months() }}
                then opportunities.category_probability
        end as category_probability
    from terms
    left join opportunities
        on
            terms.source_system = opportunities.source_system
            and terms.subscription_id = opportunities.subscription_id
            and terms.customer_id = opportunities.customer_id
            and terms.product_family = opportunities.product_family
            and terms.term_end_date = opportunities.term_end_date
            and terms.origin_month_index = opportunities.origin_month_index

),

judged as (

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

weighed as (

    select
        *,
        case
            when signed_arr = 0 and lost_arr = 0 then open_probability
            else {{ ratio('signed_arr + open_arr * open_probability', 'arr') }}
        end as renewal_probability
    from judged

),

final as (

    select
        origin_month_index,
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        term_end_month_index,
        lead_months,
        term_months,
        arr,
        signed_arr,
        lost_arr,
        segment,
        renews_automatically,
        opportunity_id,
        forecast_category,
        probability_source,
        -- lines below zero, which are discounts, must not take it out of its bounds
        case
            when renewal_probability < 0 then 0
            when renewal_probability > 1 then 1
            else renewal_probability
        end as renewal_probability,
        later_renewal_rate as later_probability
    from weighed

)

select * from final
