-- Grain: one row per term that is still open and ends within 12 months of as_of_date or is in its
-- grace days: customer, subscription, product family and day it ends.
-- long because owners, segment, opportunity and rate are brought to the term
{{ config(enabled=is_on('forecast')) }}
with terms as (

    select
        *,
        {{ days_between(as_of_date(), 'term_end_date') }} as days_ahead,
        {{ first_day_of_month('term_end_date') }} as date_month
    from {{ ref('int_renewal_outcomes') }}
    where
        outcome = 'open'
        and term_end_date <= {{ add_months(as_of_date(), 12) }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

opportunities as (

    select * from {{ ref('int_renewal_opportunities') }}

),

owners as (

    select * from {{ crm_rows('int_customer_owner_spans') }}
    where until_month_index is null

),

segments as (

    select * from {{ ref('int_customer_segment_spans') }}
    where until_month_index is null

),

probabilities as (

    select *
    from {{ ref('int_renewal_probabilities') }}
    where origin_month_index = {{ last_published_month_index() }}

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        customers.customer_name,
        terms.product_family,
        terms.term_end_date,
        terms.date_month,
        case
            when terms.term_end_date <= {{ as_of_date() }} then 'in_grace'
            when terms.term_end_date <= {{ add_months(as_of_date(), 3) }} then '0-3'
            when terms.term_end_date <= {{ add_months(as_of_date(), 6) }} then '3-6'
            when terms.term_end_date <= {{ add_months(as_of_date(), 9) }} then '6-9'
            else '9-12'
        end as months_ahead_band,
        terms.days_ahead,
        cast(terms.up_for_renewal_arr as {{ type_money() }}) as up_for_renewal_arr,
        terms.term_months,
        terms.renews_automatically,
        terms.notice_date,
        coalesce({{ leading_segment_of('segments') }}, 'unknown') as segment,
        coalesce(csms.owner_id, 'unassigned') as csm_owner_id,
        coalesce(ams.owner_id, 'unassigned') as am_owner_id,
        opportunities.opportunity_id,
        case
            when opportunities.is_won then 'Closed'
            when opportunities.is_lost then 'Lost'
            else coalesce(opportunities.forecast_category, 'none')
        end as forecast_category,
        coalesce(probabilities.probability_source, 'none') as probability_source,
        probabilities.renewal_probability,
        {{ expected_share('terms.up_for_renewal_arr', '1 - probabilities.renewal_probability') }}
            as expected_loss_arr,
        case
            when
                probabilities.probability_source = 'notice'
                or terms.notice_date <= {{ as_of_date() }}
                then 'notice_given'
            when probabilities.probability_source = 'signed' then 'signed'
            when terms.term_end_date <= {{ as_of_date() }} then 'in_grace'
            when probabilities.renewal_probability < 0.5 then 'at_risk'
            when terms.renews_automatically then 'renews_automatically'
            else 'open'
        end as risk
    from terms
    left join customers
        on terms.customer_id = customers.customer_id
    left join probabilities
        on
            terms.contract_key = probabilities.contract_key
            and terms.term_end_date = probabilities.term_end_date
    left join opportunities
        on terms.renewal_key = opportunities.renewal_key
    left join segments
        on terms.customer_id = segments.customer_id
    left join owners as csms
        on terms.customer_id = csms.customer_id and csms.owner_role = 'csm'
    left join owners as ams
        on terms.customer_id = ams.customer_id and ams.owner_role = 'am'

)

select * from final
