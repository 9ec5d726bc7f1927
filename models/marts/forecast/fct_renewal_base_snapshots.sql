-- Grain: one row per open term and day on which a refresh showed it in its renewal base, today's
-- included.
with final as (

    select
        as_of_date,
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        months_ahead_band,
        up_for_renewal_arr,
        segment,
        csm_owner_id,
        am_owner_id,
        forecast_category,
        probability_source,
        renewal_probability,
        expected_loss_arr,
        risk
    from {{ ref('int_renewal_base_history') }}

    union all

    select
        as_of_date,
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        months_ahead_band,
        up_for_renewal_arr,
        segment,
        csm_owner_id,
        am_owner_id,
        forecast_category,
        probability_source,
        renewal_probability,
        expected_loss_arr,
        risk
    from {{ ref('fct_renewal_base') }}

)

select * from final
