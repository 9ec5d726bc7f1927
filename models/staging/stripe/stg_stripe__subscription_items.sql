-- Grain: one row per item of a subscription of Stripe; in history mode, one per version of it.
{{ config(enabled='stripe' in billing_systems()) }}
with source as (

    {{ extract_once('stripe', 'subscription_item', tells_contradiction=true) }}

),

-- the version in force comes last, as it does where another one claims to be newer
versions as (

    select
        *,
        coalesce(cast(_fivetran_active as boolean), true) as is_in_force,
        {%- for place in ['lag', 'lead'] %}
        {{ place }}(_fivetran_start) over (
            partition by id
            order by
                coalesce(cast(_fivetran_active as boolean), true) nulls first,
                _fivetran_start nulls first
        ) as {{ place }}_start{% if not loop.last %},{% endif %}
        {%- endfor %}
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
        coalesce(cast(is_deleted as boolean), false) as is_deleted,

        -- measures
        cast(quantity as bigint) as quantity,

        -- instants, UTC; the first version is as old as the item
        cast(created as {{ dbt.type_timestamp() }}) as created_at,
        {{ open_instant('current_period_end') }} as current_period_ends_at,
        case
            when lag_start is not null then cast(_fivetran_start as {{ dbt.type_timestamp() }})
        end as version_started_at,
        coalesce(
            cast(lead_start as {{ dbt.type_timestamp() }}),
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
        (is_in_force or _fivetran_start is not null)
        and coalesce(lead_start > _fivetran_start, true)

)

select * from final
