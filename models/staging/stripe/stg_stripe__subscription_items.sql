-- Grain: one row per item of a subscription of Stripe; in history mode, one per version of it.
{{ config(enabled='stripe' in billing_systems()) }}
{%- set is_marked = 'coalesce(cast(is_deleted as boolean), false)' %}
{%- set is_in_force = 'coalesce(cast(_fivetran_active as boolean), true) and not ' ~ is_marked %}
{%- set in_order = 'over (partition by id order by ' ~ is_in_force
    ~ ' nulls first, _fivetran_start nulls first)' %}
with source as (

    {{ extract_once('stripe', 'subscription_item', tells_contradiction=true) }}

),

-- the version in force comes last, as it does where another one claims to be newer
versions as (

    select
        *,
        {{ is_in_force }} as is_in_force,
        lag(_fivetran_start) {{ in_order }} as start_before,
        lead(_fivetran_start) {{ in_order }} as next_start
    from source

),

final as (

    select
        -- ids
        cast(id as {{ dbt.type_string() }}) as subscription_item_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        coalesce(
            cast(price_id as {{ dbt.type_string() }}), cast(plan_id as {{ dbt.type_string() }})
        ) as price_id,

        -- attributes
        is_contradicted,

        -- measures
        cast(quantity as bigint) as quantity,

        -- instants, UTC; the first version is as old as the item
        cast(created as {{ dbt.type_timestamp() }}) as created_at,
        {{ open_instant('current_period_end') }} as current_period_ends_at,
        case
            when start_before is not null then cast(_fivetran_start as {{ dbt.type_timestamp() }})
        end as version_started_at,
        coalesce(
            cast(next_start as {{ dbt.type_timestamp() }}),
            case
                when not is_in_force
                    then
                        coalesce(
                            {{ open_instant('_fivetran_end') }},
                            cast(_fivetran_synced as {{ dbt.type_timestamp() }}),
                            cast(_fivetran_start as {{ dbt.type_timestamp() }})
                        )
            end
        ) as ended_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at

    from versions
    where
        (is_in_force or coalesce(_fivetran_start, _fivetran_synced) is not null)
        and coalesce(next_start > _fivetran_start, true)
        -- a version that says that the item was deleted ends the one before
        and not ({{ is_marked }} and start_before is not null)

)

select * from final
