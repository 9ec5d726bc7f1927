-- Opening + movement = closing for every customer and month, opening is the closing of the month
-- before plus what a new rate and a transfer bring, and the type of the movement is the one that
-- opening and closing call for. Recomputed from monthly balances.
with movements as (

    select * from {{ ref('fct_arr_movements') }}

),

carried as (

    select
        customer_id,
        date_month,
        sum(arr_change) as arr_change
    from movements
    where movement_type in ('fx', 'transfer')
    group by customer_id, date_month

),

monthly as (

    select
        customer_id,
        date_month,
        arr as closing_arr,
        coalesce(lag(arr) over (partition by customer_id order by date_month), 0) as opening_arr,
        min(case when arr > 0 then date_month end) over (partition by customer_id) as first_month
    from {{ ref('fct_customer_arr_monthly') }}

),

balances as (

    select
        monthly.customer_id,
        monthly.date_month,
        monthly.closing_arr,
        monthly.opening_arr + coalesce(carried.arr_change, 0) as opening_arr,
        monthly.first_month
    from monthly
    left join carried
        on
            monthly.customer_id = carried.customer_id
            and monthly.date_month = carried.date_month

),

expected as (

    select
        *,
        case
            when
                {{ month_index('date_month') }} = {{ history_start_month_index() }}
                then 'opening_balance'
            when opening_arr > 0 and closing_arr > opening_arr then 'expansion'
            when opening_arr > 0 and closing_arr > 0 then 'contraction'
            when opening_arr > 0 then 'churn'
            when closing_arr > 0 and date_month = first_month then 'new'
            when closing_arr > 0 then 'reactivation'
            -- below zero on both sides: reported in rpt_ledger_findings
            when closing_arr > opening_arr then 'expansion'
            else 'contraction'
        end as movement_type
    from balances
    where closing_arr <> opening_arr

),

contract_movements as (

    select * from movements
    where movement_type not in ('fx', 'transfer')

)

select
    coalesce(expected.customer_id, contract_movements.customer_id) as customer_id,
    coalesce(expected.date_month, contract_movements.date_month) as date_month,
    expected.movement_type as expected_type,
    contract_movements.movement_type,
    expected.opening_arr as expected_beginning_arr,
    contract_movements.beginning_arr,
    expected.closing_arr - expected.opening_arr as expected_change,
    contract_movements.arr_change,
    expected.closing_arr as expected_ending_arr,
    contract_movements.ending_arr
from expected
full join contract_movements
    on
        expected.customer_id = contract_movements.customer_id
        and expected.date_month = contract_movements.date_month
where
    expected.movement_type is distinct from contract_movements.movement_type
    or expected.opening_arr is distinct from contract_movements.beginning_arr
    or expected.closing_arr is distinct from contract_movements.ending_arr
    or expected.closing_arr - expected.opening_arr is distinct from contract_movements.arr_change
