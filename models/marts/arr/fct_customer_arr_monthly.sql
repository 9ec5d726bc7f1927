-- Grain: one row per customer and published month from its first ARR on; zero while it is away. A
-- view over spans.
with spans as (

    select * from {{ ref('fct_customer_arr_spans') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where is_published

),

final as (

    select
        spans.customer_id,
        months.date_month,
        spans.arr,
        spans.mrr
    from spans
    inner join months
        on
            spans.from_month <= months.date_month
            and (spans.until_month is null or spans.until_month > months.date_month)

)

select * from final
