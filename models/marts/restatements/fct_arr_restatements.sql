-- Grain: one row per closed month, customer, line and cause.
with restatements as (

    select * from {{ ref('int_restatements_classified') }}

),

final as (

    select
        date_month,
        customer_id,
        source_system,
        line_id,
        product_id,
        cause,
        as_reported_arr,
        as_restated_arr,
        restatement_arr,
        load_id,
        detail
    from restatements

)

select * from final
