-- Grain: one row per contact and related account of every CRM system that is on, in the version in
-- force. Deleted relations are left out; no rows without a CRM system.
{{ config(enabled=is_on('crm')) }}
with account_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'account'

),

contact_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'contact'

),

relation_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'relation'

),
{%- for system in crm_systems() %}

{{ system }}_versions as (

    select
        relations.*,
        coalesce(relation_ids.record_id, relations.account_contact_relation_id) as record_id,
        row_number() over (
            partition by
                coalesce(
                    relation_ids.record_id, relations.account_contact_relation_id
                )
            order by
                {{ version_in_force_first('relations', 'account_contact_relation_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__account_contact_relations') }} as relations
    left join relation_ids
        on relations.account_contact_relation_id = relation_ids.id_form

),
{%- endfor %}

final as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        record_id as account_contact_relation_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as {{ dbt.type_string() }}) as contact_roles,
        cast(null as boolean) as is_active,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        cast(null as {{ dbt.type_timestamp() }}) as created_at,
        cast(null as {{ dbt.type_timestamp() }}) as last_modified_at
    from relation_ids
    where 1 = 0
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        versions.record_id as account_contact_relation_id,
        coalesce(account_ids.record_id, versions.account_id) as account_id,
        coalesce(contact_ids.record_id, versions.contact_id) as contact_id,
        versions.contact_roles,
        versions.is_active,
        versions.start_date,
        versions.end_date,
        versions.created_at,
        versions.last_modified_at
    from {{ system }}_versions as versions
    left join account_ids
        on versions.account_id = account_ids.id_form
    left join contact_ids
        on versions.contact_id = contact_ids.id_form
    where
        versions.newest_first = 1
        and versions.is_active_version
        and not versions.is_deleted
    {%- endfor %}

)

select * from final
