-- Grain: one row per subscription line, customer, month and posting, down to its source row and
-- load. A view: the contracts behind any movement.
with postings as (

    select * from {{ ref('int_arr_postings') }}

),

lines as (

    select * from {{ ref('int_arr_lines') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        months.date_month,
        postings.customer_id,
        postings.source_system,
        postings.line_id,
        postings.subscription_id,
        postings.product_id,
        postings.product_family,
        postings.tier_key,
        postings.posting_type,
        postings.sign,
        postings.arr,
        postings.arr_change,
        postings.currency,
        lines.arr_in_line_currency,
        postings.quantity,
        postings.is_contracted_step,
        postings.start_date,
        lines.end_date,
        postings.counted_until_date,
        lines.source_table,
        lines.source_row_id,
        lines.load_id
    from postings
    inner join lines
        on
            postings.source_system = lines.source_system
            and postings.line_id = lines.line_id
    inner join months
        on postings.month_index = months.month_index

)

select * from final
