-- Grain: one row per term still open for which the CRM has a renewal opportunity, of any state: the
-- one whose closing date is nearest to the end of the term.
{{ config(enabled=is_on('forecast')) }}
with terms as (

    select * from {{ ref('int_renewal_outcomes') }}
    where outcome = 'open'

),

opportunities as (

    select * from {{ ref('int_opportunities') if is_on('crm') else no_opportunities() }}
    where is_renewal

),

candidates as (

    select
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.term_months,
        opportunities.opportunity_id,
        opportunities.opportunity_arr,
        opportunities.forecast_category,
        opportunities.is_won,
        opportunities.is_closed and not opportunities.is_won as is_lost,
        opportunities.close_date,
        abs({{ days_between('opportunities.close_date', 'terms.term_end_date') }}) as days_apart
    from terms
    inner join opportunities
        on terms.customer_id = opportunities.customer_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                source_system, subscription_id, customer_id, product_family, term_end_date
            order by days_apart nulls last, is_lost, opportunity_id
        ) as nearest_first
    from candidates
    -- of short terms, the one before is nearer to an opportunity than half a term
    where
        days_apart <= {{ renewal_opportunity_match_days() }}
        and (term_months is null or days_apart <= 15 * term_months)

),

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        opportunity_id,
        opportunity_arr,
        forecast_category,
        is_won,
        is_lost,
        close_date,
        {{ forecast_category_probability('forecast_category') }} as category_probability
    from ranked
    where nearest_first = 1

)

select * from final
