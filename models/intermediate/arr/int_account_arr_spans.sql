-- Grain: one row per account and span of months with one ARR; a span of zero follows churn and
-- lasts until a return.
with changes as (

    select * from {{ ref('int_account_arr_changes') }}

),

balances as (

    select
        account_id,
        is_customer,
        is_parent,
        month_index as from_month_index,
        lead(month_index) over (
            partition by account_id, is_customer order by month_index
        ) as until_month_index,
        cast(sum(arr_change) over (
            partition by account_id, is_customer order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        arr_change,
        fx_change,
        transfer_change
    from changes

),

final as (

    select
        account_id,
        is_customer,
        is_parent,
        from_month_index,
        until_month_index,
        cast(arr - arr_change as {{ type_money() }}) as opening_arr,
        arr_change,
        fx_change,
        transfer_change,
        arr,
        min(case when arr > 0 then from_month_index end) over (
            partition by account_id, is_customer
        ) as first_month_index,
        -- spans without service so far: two months of one account lie in unbroken service when this
        -- is equal
        cast(sum(case when arr <= 0 then 1 else 0 end) over (
            partition by account_id, is_customer order by from_month_index
            rows between unbounded preceding and current row
        ) as integer) as lapse_count
    from balances

)

select * from final
