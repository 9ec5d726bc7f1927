-- Grain: one row per account and span of months with one ARR; a span of zero follows churn and
-- lasts until a return.
with spans as (

    select * from {{ ref('int_account_spans') }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

final as (

    select
        accounts.account_id,
        spans.account_key,
        spans.is_customer,
        spans.is_parent,
        spans.from_month_index,
        spans.until_month_index,
        spans.opening_arr,
        spans.arr_change,
        spans.fx_change,
        spans.transfer_change,
        spans.arr,
        spans.first_month_index
    from spans
    inner join accounts
        on spans.account_key = accounts.account_key

)

select * from final
