-- Grain: one row per term seen ahead from an origin month, with the chance that it is renewed and
-- where the chance comes from. The order of the cases is the definition.
-- long because five sources of a chance are brought to the term
with terms as (

    select
        *,
        term_end_month_index - origin_month_index as lead_months
    from {{ ref('int_terms_seen_ahead') }}

),

signed as (

    select distinct
        origin_month_index,
        customer_id,
        product_family,
        change_date
    from {{ ref('int_signed_changes_ahead') }}

),

opportunities as (

    select * from {{ ref('int_renewal_opportunities_matched') }}

),

rates as (

    select * from {{ ref('int_renewal_rates_as_known') }}

),

segments as (

    select * from {{ ref('int_customer_segments_spanned') }}

),

gathered as (

    select
        terms.*,
        coalesce(segments.segment, 'unknown') as segment,
        signed.change_date is not null as is_signed,
        coalesce(opportunities.is_won, false) as is_won,
        opportunities.opportunity_id,
        opportunities.forecast_category,
        case
            when terms.lead_months <= {{ forecast_category_months() }}
                then opportunities.category_probability
        end as category_probability,
        coalesce(segment_rates.renewal_rate, overall_rates.renewal_rate) as renewal_rate
    from terms
    left join segments
        on
            terms.customer_id = segments.customer_id
            and terms.origin_month_index >= segments.from_month_index
            and terms.origin_month_index < {{ or_open('segments.until_month_index') }}
    left join signed
        on
            terms.origin_month_index = signed.origin_month_index
            and terms.customer_id = signed.customer_id
            and terms.product_family = signed.product_family
            and terms.term_end_date = signed.change_date
    left join opportunities
        on
            terms.source_system = opportunities.source_system
            and terms.subscription_id = opportunities.subscription_id
            and terms.customer_id = opportunities.customer_id
            and terms.product_family = opportunities.product_family
            and terms.term_end_date = opportunities.term_end_date
            -- what the CRM says is said today, and was not known of the past
            and terms.origin_month_index = {{ last_published_month_index() }}
    left join rates as segment_rates
        on
            terms.origin_month_index = segment_rates.origin_month_index
            and terms.lead_months = segment_rates.lead_months
            and segment_rates.segment_type = 'segment'
            and coalesce(segments.segment, 'unknown') = segment_rates.segment_value
    left join rates as overall_rates
        on
            terms.origin_month_index = overall_rates.origin_month_index
            and terms.lead_months = overall_rates.lead_months
            and overall_rates.segment_type = 'all'

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
        segment,
        renews_automatically,
        is_notice_known,
        opportunity_id,
        forecast_category,
        case
            when is_notice_known then 'notice'
            when is_signed or is_won then 'signed'
            when category_probability is not null then 'forecast_category'
            when renewal_rate is not null then 'renewal_rate'
            else 'none'
        end as probability_source,
        case
            when is_notice_known then 0
            when is_signed or is_won then 1
            else coalesce(category_probability, renewal_rate)
        end as renewal_probability,
        renewal_rate as later_probability
    from gathered

)

select * from final
