-- Grain: one row per account, span of months with one set of rates, and span of months with one
-- ARR at these rates.
with changes as (

    select * from {{ ref('int_account_arr_changes_constant_currency') }}

),

spans as (

    select
        account_key,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        month_index as from_month_index,
        lead(month_index) over (
            partition by account_key, rate_from_month_index order by month_index
        ) as until_month_index,
        arr_change,
        cast(sum(arr_change) over (
            partition by account_key, rate_from_month_index order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr
    from changes

),

final as (

    select
        account_key,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        from_month_index,
        until_month_index,
        cast(arr - arr_change as {{ type_money() }}) as opening_arr,
        arr,
        lead(arr) over (
            partition by account_key, rate_from_month_index order by from_month_index
        ) as next_arr
    from spans

)

select * from final
