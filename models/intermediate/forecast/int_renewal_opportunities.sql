-- Grain: one row per term still open for which the CRM has a renewal opportunity, of any state. The
-- order of the ranking is the definition.
-- long because an opportunity is placed at an end of a term before terms choose between several
{{ config(enabled=is_on('forecast')) }}
with terms as (

    select * from {{ ref('int_renewal_outcomes') }}

),

opportunities as (

    select * from {{ crm_rows('int_opportunities') }}
    where is_renewal

),

-- families that the product lines of an opportunity name
named_families as (

    select
        opportunity_key,
        product_family
    from {{ crm_rows('int_opportunity_product_families') }}

),

candidates as (

    select
        terms.renewal_key,
        terms.contract_key,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.term_months,
        terms.outcome,
        opportunities.opportunity_key,
        opportunities.opportunity_id,
        opportunities.opportunity_arr,
        opportunities.forecast_category,
        opportunities.is_won,
        opportunities.is_closed and not opportunities.is_won as is_lost,
        opportunities.close_date,
        named_families.opportunity_key is not null as is_named_family,
        abs({{ days_between('opportunities.close_date', 'terms.term_end_date') }}) as days_apart
    from terms
    inner join opportunities
        on terms.customer_id = opportunities.customer_id
    left join named_families
        on
            opportunities.opportunity_key = named_families.opportunity_key
            and terms.product_family = named_families.product_family

),

-- a decided term had an opportunity of its outcome
near as (

    select
        *,
        outcome = 'open' as is_open,
        max(case when is_named_family then 1 else 0 end) over (
            partition by opportunity_key
        ) as names_a_term
    from candidates
    -- of short terms, the one before is nearer to an opportunity than half a term
    where
        days_apart <= {{ renewal_opportunity_match_days() }}
        and (term_months is null or days_apart <= 15 * term_months)
        and (
            outcome = 'open'
            or (is_lost and outcome = 'lost')
            or (is_won and outcome <> 'lost')
        )

),

-- lines that name what comes up speak for that alone
placed as (

    select
        *,
        min(days_apart) over (
            partition by opportunity_key
        ) as nearest_days,
        min(case when is_open then days_apart end) over (
            partition by opportunity_key
        ) as nearest_open_days
    from near
    where is_named_family or names_a_term = 0

),

ranked as (

    select
        *,
        row_number() over (
            partition by renewal_key
            order by
                case when is_named_family then 0 else 1 end asc,
                -- a term has what is nearest to its own end before what is nearer to another
                case when days_apart = nearest_days then 0 else 1 end asc,
                case when is_won then 0 when is_lost then 2 else 1 end asc,
                days_apart asc nulls last,
                opportunity_key asc nulls last
        ) as likeliest_first
    from placed
    -- what is nearest to the end of a decided term was for that term
    where
        is_open
        and nearest_open_days = nearest_days

),

final as (

    select
        renewal_key,
        contract_key,
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
    where likeliest_first = 1

)

select * from final
