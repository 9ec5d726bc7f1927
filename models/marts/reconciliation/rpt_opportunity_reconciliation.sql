-- Grain: one row per customer, month, movement type and reason: the movements of the ledger beside
-- the opportunities won for them, and opportunities won that no movement stands behind.
with differences as (

    select * from {{ ref('int_opportunity_differences_explained') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        differences.customer_id,
        months.date_month,
        differences.movement_type,
        differences.reason_class,
        differences.movement_arr,
        differences.opportunities,
        differences.opportunity_arr,
        differences.difference_arr
    from differences
    inner join months
        on differences.month_index = months.month_index

)

select * from final
