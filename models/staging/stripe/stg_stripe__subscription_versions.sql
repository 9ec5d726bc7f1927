-- Grain: one row per version of a subscription of Stripe; older connections keep one version.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once(
        'stripe', 'subscription_history', or_else='subscription', tells_contradiction=true
    ) }}

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as subscription_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,

        -- attributes
        is_contradicted,
        cast(status as {{ dbt.type_string() }}) as status,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,
        cast(pause_collection_behavior as {{ dbt.type_string() }}) as pause_behavior,
        coalesce(cast(cancel_at_period_end as boolean), false) as is_cancelled_at_period_end,
        coalesce(cast(livemode as boolean), true) as is_live_mode,
        coalesce(cast(_fivetran_active as boolean), true) as is_active_version,

        -- instants, UTC
        cast(created as {{ dbt.type_timestamp() }}) as created_at,
        cast(start_date as {{ dbt.type_timestamp() }}) as started_at,
        cast(billing_cycle_anchor as {{ dbt.type_timestamp() }}) as billing_cycle_anchored_at,
        cast(current_period_start as {{ dbt.type_timestamp() }}) as current_period_started_at,
        {{ open_instant('current_period_end') }} as current_period_ends_at,
        {{ open_instant('cancel_at') }} as cancel_at,
        cast(canceled_at as {{ dbt.type_timestamp() }}) as notice_given_at,
        cast(ended_at as {{ dbt.type_timestamp() }}) as ended_at,
        cast(trial_start as {{ dbt.type_timestamp() }}) as trial_started_at,
        cast(trial_end as {{ dbt.type_timestamp() }}) as trial_ends_at,
        {{ open_instant('pause_collection_resumes_at') }} as pause_resumes_at,
        cast(_fivetran_start as {{ dbt.type_timestamp() }}) as version_started_at,
        {{ open_instant('_fivetran_end') }} as version_ended_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at

    from source

)

select * from final
