-- Grain: one row per customer, month, movement type and reason: the movements of the ledger beside
-- the opportunities won for them, and opportunities won that no movement stands behind.
with differences as (

    select * from {{ ref('int_opportunity_differences_explained') }}

),

-- a win keeps its row whenever it closed, in a month of the calendar or not
final as (

    select
        customer_id,
        cast({{ month_text('month_index') }} || '-01' as date) as date_month,
        movement_type,
        reason_class,
        movement_arr,
        opportunities,
        opportunity_arr,
        difference_arr
    from differences

)

select * from final
