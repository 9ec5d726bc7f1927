-- Opening + movement = closing for every customer and month, opening is the closing of the month
-- before plus what a new rate and a transfer bring, and the type of the movement is the one that
-- opening and closing call for. Recomputed from monthly balances.
with keyed_movements as (
    {{- with_customer_key(ref('fct_arr_movements')) }}

),

movements as (

    select
        customer_key,
        {{ month_index('date_month') }} as month_index,
        movement_type,
        beginning_arr,
        arr_change,
        ending_arr
    from keyed_movements

),

closings as (
    {{- months_of_customers() }}

),

carried as (

    select
        customer_key,
        month_index,
        sum(arr_change) as arr_change
    from movements
    where movement_type in ('fx', 'transfer')
    group by customer_key, month_index

),

monthly as (

    select
        customer_key,
        month_index,
        arr as closing_arr,
        coalesce(lag(arr) over (partition by customer_key order by month_index), 0) as opening_arr,
        min(case when arr > 0 then month_index end) over (partition by customer_key)
            as first_month_index
    from closings

),

balances as (

    select
        monthly.customer_key,
        monthly.month_index,
        monthly.closing_arr,
        monthly.opening_arr + coalesce(carried.arr_change, 0) as opening_arr,
        monthly.first_month_index
    from monthly
    left join carried
        on
            monthly.customer_key = carried.customer_key
            and monthly.month_index = carried.month_index

),

expected as (

    select
        *,
        case
            when month_index = {{ history_start_month_index() }} then 'opening_balance'
            when opening_arr > 0 and closing_arr > opening_arr then 'expansion'
            when opening_arr > 0 and closing_arr > 0 then 'contraction'
            when opening_arr > 0 then 'churn'
            when closing_arr > 0 and month_index = first_month_index then 'new'
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
    accounts.account_id as customer_id,
    months.date_month,
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
        expected.customer_key = contract_movements.customer_key
        and expected.month_index = contract_movements.month_index
left join {{ ref('int_account_keys') }} as accounts
    on coalesce(expected.customer_key, contract_movements.customer_key) = accounts.account_key
left join {{ ref('int_calendar_months') }} as months
    on coalesce(expected.month_index, contract_movements.month_index) = months.month_index
where
    expected.movement_type is distinct from contract_movements.movement_type
    or expected.opening_arr is distinct from contract_movements.beginning_arr
    or expected.closing_arr is distinct from contract_movements.ending_arr
    or expected.closing_arr - expected.opening_arr is distinct from contract_movements.arr_change
