-- Grain: one row per user of every CRM system that is on; no row without one.
{{ config(enabled=is_on('core', ['crm_system'])) }}
with
{%- if 'salesforce' in crm_systems() %}

user_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'user'

),

salesforce_versions as (

    select
        users.*,
        coalesce(user_ids.record_id, users.user_id) as record_id,
        row_number() over (
            partition by coalesce(user_ids.record_id, users.user_id)
            order by
                {{ version_in_force_first('users', 'user_id') }},
                users.synced_at desc nulls last
        ) as newest_first
    from {{ ref('stg_salesforce__users') }} as users
    left join user_ids
        on users.user_id = user_ids.id_form

),

salesforce_users as (

    select
        versions.record_id as user_id,
        versions.user_name,
        versions.department,
        coalesce(manager_ids.record_id, versions.manager_user_id) as manager_user_id,
        versions.is_active,
        versions.is_deleted or not versions.is_active_version as is_deleted
    from salesforce_versions as versions
    left join user_ids as manager_ids
        on versions.manager_user_id = manager_ids.id_form
    where versions.newest_first = 1

),

salesforce_opportunity_owners as (

    select distinct
        coalesce(
            user_ids.record_id, opportunities.opportunity_owner_id
        ) as opportunity_owner_id
    from {{ ref('stg_salesforce__opportunities') }} as opportunities
    left join user_ids
        on opportunities.opportunity_owner_id = user_ids.id_form
    where opportunities.opportunity_owner_id is not null

),
{%- endif %}

no_users as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as user_id,
        cast(null as {{ dbt.type_string() }}) as owner_name,
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
        {{ shown_owner_name('users.user_name') }} as owner_name,
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
