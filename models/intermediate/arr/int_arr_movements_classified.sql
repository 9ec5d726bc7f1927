-- Grain: one row per account and month in which its ARR moves, with the one type of that movement.
with spans as (

    select * from {{ ref('int_account_arr_spans') }}

),

final as (

    select
        account_id,
        is_customer,
        is_parent,
        from_month_index as month_index,
        -- the order of the branches is the definition
        case
            when
                opening_arr <= 0 and arr > 0
                and from_month_index = {{ history_start_month_index() }}
                then 'opening_balance'
            when opening_arr <= 0 and arr > 0 and from_month_index = first_month_index then 'new'
            when opening_arr <= 0 and arr > 0 then 'reactivation'
            when opening_arr > 0 and arr <= 0 then 'churn'
            when arr > opening_arr then 'expansion'
            when arr < opening_arr then 'contraction'
        end as movement_type,
        opening_arr as beginning_arr,
        arr_change,
        arr as ending_arr
    from spans

)

select * from final
