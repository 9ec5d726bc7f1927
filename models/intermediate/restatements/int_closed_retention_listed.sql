-- Grain: one row per closed month, window and segment at the base month, as it was published.
with closed_months as (

    select * from {{ ref('int_closed_months_listed') }}

),

closed_retention as (

    select * from {{ ref('stg_closings__retention') }}

),

final as (

    select
        closed_months.date_month,
        closed_retention.window_months,
        closed_retention.segment_type,
        closed_retention.segment_value,
        closed_retention.base_arr,
        closed_retention.base_customers,
        closed_retention.net_retained_arr,
        closed_retention.gross_retained_arr,
        closed_retention.retained_customers
    from closed_retention
    inner join closed_months
        on closed_retention.closed_month = closed_months.date_month

)

select * from final
