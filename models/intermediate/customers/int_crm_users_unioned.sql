-- Grain: one row per user of every CRM system that is on; no row without one.
with
{%- if 'salesforce' in crm_systems() %}

salesforce_versions as (

    select
        *,
        row_number() over (
            partition by user_id
            order by
                case when is_active_version then 0 else 1 end asc,
                synced_at desc nulls last
        ) as newest_first
    from {{ ref('stg_salesforce__users') }}

),

salesforce_users as (

    select * from salesforce_versions
    where newest_first = 1

),

salesforce_opportunity_owners as (

    select distinct opportunity_owner_id
    from {{ ref('stg_salesforce__opportunities') }}
    where opportunity_owner_id is not null

),
{%- endif %}

no_users as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as user_id,
        cast(null as {{ dbt.type_string() }}) as department,
        cast(null as {{ dbt.type_string() }}) as manager_user_id,
        cast(null as boolean) as is_active,
        cast(null as boolean) as is_opportunity_owner

),

final as (

    select * from no_users
    where user_id is not null
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        users.user_id,
        users.department,
        users.manager_user_id,
        users.is_active and not users.is_deleted as is_active,
        opportunity_owners.opportunity_owner_id is not null as is_opportunity_owner
    from {{ system }}_users as users
    left join {{ system }}_opportunity_owners as opportunity_owners
        on users.user_id = opportunity_owners.opportunity_owner_id
    {%- endfor %}

)

select * from final
