-- Grain: one row per account and span of months with one ARR; a span of zero follows churn and
-- lasts until a return.
with changes as (

    select * from {{ ref('int_account_arr_changes') }}

),

balances as (

    select
        account_key,
        is_customer,
        is_parent,
        month_index as from_month_index,
        lead(month_index) over (
            partition by account_key order by month_index
        ) as until_month_index,
        cast(sum(arr_change) over (
            partition by account_key order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        arr_change,
        fx_change,
        transfer_change,
        lead(arr_change) over (
            partition by account_key order by month_index
        ) as next_arr_change
    from changes

),

final as (

    select
        account_key,
        is_customer,
        is_parent,
        from_month_index,
        until_month_index,
        cast(arr - arr_change as {{ type_money() }}) as opening_arr,
        arr_change,
        fx_change,
        transfer_change,
        arr,
        cast(arr + next_arr_change as {{ type_money() }}) as next_arr,
        min(case when {{ is_active('arr') }} then from_month_index end) over (
            partition by account_key
        ) as first_month_index
    from balances

)

select * from final
