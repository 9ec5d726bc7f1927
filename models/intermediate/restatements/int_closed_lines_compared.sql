-- Grain: one row per closed month and subscription line that is no longer what was reported: other
-- ARR or another customer.
with closed_months as (

    select * from {{ ref('int_closed_months_listed') }}

),

closed_lines as (

    select * from {{ ref('stg_closings__lines') }}

),

stretches as (

    select * from {{ ref('int_line_stretches_valued') }}

),

reported as (

    select
        closed_months.month_index,
        closed_lines.*
    from closed_lines
    inner join closed_months
        on closed_lines.closed_month = closed_months.date_month

),

restated as (

    select
        closed_months.month_index,
        stretches.source_system,
        stretches.line_id,
        stretches.customer_id,
        stretches.product_id,
        stretches.arr
    from stretches
    inner join closed_months
        on
            stretches.from_month_index <= closed_months.month_index
            and (
                stretches.until_month_index is null
                or stretches.until_month_index > closed_months.month_index
            )

),

final as (

    select
        coalesce(reported.month_index, restated.month_index) as month_index,
        coalesce(reported.source_system, restated.source_system) as source_system,
        coalesce(reported.line_id, restated.line_id) as line_id,
        coalesce(restated.product_id, reported.product_id) as product_id,
        reported.customer_id as reported_customer_id,
        reported.arr as reported_arr,
        reported.currency as reported_currency,
        reported.arr_in_line_currency as reported_arr_in_line_currency,
        reported.start_date as reported_start_date,
        reported.end_date as reported_end_date,
        reported.is_in_grace as reported_is_in_grace,
        reported.load_id as reported_load_id,
        restated.customer_id as restated_customer_id,
        restated.arr as restated_arr
    from reported
    full join restated
        on
            reported.month_index = restated.month_index
            and reported.source_system = restated.source_system
            and reported.line_id = restated.line_id
    where
        coalesce(reported.arr, 0) <> coalesce(restated.arr, 0)
        or reported.customer_id <> restated.customer_id

)

select * from final
