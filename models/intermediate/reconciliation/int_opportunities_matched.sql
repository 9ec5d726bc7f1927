-- Grain: one row per opportunity won, with the month of the gain of its customer that it stands
-- behind; null where there is none.
with opportunities as (

    select * from {{ ref('int_won_opportunities_unioned') }}

),

candidates as (

    select * from {{ ref('int_gain_candidates_listed') }}

),

equal_pairs as (

    select * from {{ ref('int_equal_wins_paired') }}

),

-- a gain that has the opportunity of its amount wants no other
other_candidates as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.crm_system, candidates.opportunity_id
            order by candidates.best_first nulls last
        ) as best_left_first
    from candidates
    left join equal_pairs
        on
            candidates.customer_id = equal_pairs.customer_id
            and candidates.month_index = equal_pairs.month_index
    where
        not candidates.is_same_amount
        and equal_pairs.month_index is null

),

final as (

    select
        opportunities.crm_system,
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.is_renewal,
        opportunities.close_date,
        opportunities.close_month_index,
        opportunities.opportunity_arr,
        opportunities.first_year_billings,
        opportunities.sourcing_team,
        opportunities.is_unmapped_source,
        opportunities.unusable_reason,
        coalesce(equal_pairs.month_index, other_candidates.month_index) as movement_month_index
    from opportunities
    left join equal_pairs
        on
            opportunities.crm_system = equal_pairs.crm_system
            and opportunities.opportunity_id = equal_pairs.opportunity_id
    left join other_candidates
        on
            opportunities.crm_system = other_candidates.crm_system
            and opportunities.opportunity_id = other_candidates.opportunity_id
            and other_candidates.best_left_first = 1

)

select * from final
