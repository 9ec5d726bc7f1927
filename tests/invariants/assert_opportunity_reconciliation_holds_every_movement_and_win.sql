-- Every movement of the ledger and all that was won is in the reconciliation exactly once, customer
-- by customer, as soon as any opportunity landed.
with won as (

    select
        customer_id,
        count(*) as opportunities,
        sum(opportunity_arr) as opportunity_arr
    from {{ ref('int_opportunities') }}
    where is_won
    group by customer_id

),

moved as (

    select
        customer_id,
        count(*) as movements,
        sum(arr_change) as movement_arr
    from {{ ref('fct_arr_movements') }}
    where (select count(*) from won) > 0
    group by customer_id

),

reconciled as (

    select
        customer_id,
        sum(opportunities) as opportunities,
        sum(opportunity_arr) as opportunity_arr,
        count(movement_type) as movements,
        sum(movement_arr) as movement_arr
    from {{ ref('rpt_opportunity_reconciliation') }}
    group by customer_id

)

select
    coalesce(won.customer_id, moved.customer_id, reconciled.customer_id) as customer_id,
    won.opportunity_arr,
    reconciled.opportunity_arr as reconciled_opportunity_arr,
    moved.movement_arr,
    reconciled.movement_arr as reconciled_movement_arr
from won
full join moved
    on won.customer_id = moved.customer_id
full join reconciled
    on coalesce(won.customer_id, moved.customer_id) = reconciled.customer_id
where
    coalesce(won.opportunities, 0) <> coalesce(reconciled.opportunities, 0)
    or coalesce(won.opportunity_arr, 0) <> coalesce(reconciled.opportunity_arr, 0)
    or coalesce(moved.movements, 0) <> coalesce(reconciled.movements, 0)
    or coalesce(moved.movement_arr, 0) <> coalesce(reconciled.movement_arr, 0)
