-- Grain: one row per open term and day on which a refresh showed it in its renewal base: days of
-- the last month, of the time before it the last day of each month, and today.
{{ config(enabled=is_on('forecast')) }}
with earlier as (

    select
        *,
        max(as_of_date) over (partition by {{ month_index('as_of_date') }}) as last_of_month_date
    from {{ ref('stg_releases__renewal_bases') }}
    -- a day that is built again is shown anew
    where as_of_date <> {{ as_of_date() }}

),

today as (

    select * from {{ ref('fct_renewal_base') }}

),

final as (

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
    from earlier
    where
        as_of_date = last_of_month_date
        or as_of_date > {{ add_days(as_of_date(), -31) }}

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
    from today

)

select * from final
