-- Grain: one row per customer and span of months with one ARR. A view over the balances.
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        spans.account_id as customer_id,
        from_months.date_month as from_month,
        until_months.date_month as until_month,
        spans.arr,
        {{ mrr_of('spans.arr') }} as mrr
    from spans
    inner join months as from_months
        on spans.from_month_index = from_months.month_index
    left join months as until_months
        on spans.until_month_index = until_months.month_index

)

select * from final
