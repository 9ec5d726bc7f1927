-- Grain: one row per customer and published month from its first ARR on; zero while it is away. A
-- view over the balances of the ledger.
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where is_published

),

final as (

    select
        spans.account_id as customer_id,
        months.date_month,
        spans.arr,
        {{ mrr_of('spans.arr') }} as mrr
    from spans
    inner join months
        on
            spans.from_month_index <= months.month_index
            and (
                spans.until_month_index > months.month_index
                or spans.until_month_index is null
            )

)

select * from final
