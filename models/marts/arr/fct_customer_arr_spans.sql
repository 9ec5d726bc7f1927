-- Grain: one row per customer and span of months with one ARR.
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        accounts.account_id as customer_id,
        from_months.date_month as from_month,
        until_months.date_month as until_month,
        spans.arr,
        {{ mrr_of('spans.arr') }} as mrr
    from spans
    inner join accounts
        on spans.account_key = accounts.account_key
    inner join months as from_months
        on spans.from_month_index = from_months.month_index
    left join months as until_months
        on spans.until_month_index = until_months.month_index

)

select * from final
