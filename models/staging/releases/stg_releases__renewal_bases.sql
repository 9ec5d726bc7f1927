-- Grain: one row per open term and day on which an earlier refresh showed it in its renewal base.
{{ config(enabled=is_on('forecast')) }}
with source as (

    select
        {{ extract_columns('releases', 'landed_renewal_bases', in_sample=false) }}
    from {{ extract('releases', 'landed_renewal_bases', in_sample=false) }}

),

final as (

    select
        cast(as_of_date as date) as as_of_date,
        cast(source_system as {{ dbt.type_string() }}) as source_system,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(product_family as {{ dbt.type_string() }}) as product_family,
        cast(term_end_date as date) as term_end_date,
        cast(months_ahead_band as {{ dbt.type_string() }}) as months_ahead_band,
        cast(up_for_renewal_arr as {{ type_money() }}) as up_for_renewal_arr,
        cast(segment as {{ dbt.type_string() }}) as segment,
        cast(csm_owner_id as {{ dbt.type_string() }}) as csm_owner_id,
        cast(am_owner_id as {{ dbt.type_string() }}) as am_owner_id,
        cast(forecast_category as {{ dbt.type_string() }}) as forecast_category,
        cast(probability_source as {{ dbt.type_string() }}) as probability_source,
        cast(renewal_probability as {{ type_double() }}) as renewal_probability,
        cast(expected_loss_arr as {{ type_money() }}) as expected_loss_arr,
        cast(risk as {{ dbt.type_string() }}) as risk
    from source

)

select * from final
