-- Grain: one row per contact of every CRM system that is on, in its newest version; no row without
-- one.
with contact_ids as (

    select * from {{ ref('int_crm_id_forms_matched') }}
    where record_kind = 'contact'

),
{%- for system in crm_systems() %}

{{ system }}_versions as (

    select
        contacts.*,
        coalesce(contact_ids.record_id, contacts.contact_id) as record_id,
        row_number() over (
            partition by coalesce(contact_ids.record_id, contacts.contact_id)
            order by
                {{ version_in_force_first('contacts', 'contact_id') }}
        ) as newest_first
    from {{ ref('stg_' ~ system ~ '__contacts') }} as contacts
    left join contact_ids
        on contacts.contact_id = contact_ids.id_form

),
{%- endfor %}

final as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        record_id as contact_id,
        cast(null as date) as left_company_date,
        cast(null as boolean) as is_deleted
    from contact_ids
    where 1 = 0
    {%- for system in crm_systems() %}

    union all

    -- without a version in force it is gone upstream
    select
        '{{ system }}' as crm_system,
        record_id as contact_id,
        left_company_date,
        is_deleted or not is_active_version as is_deleted
    from {{ system }}_versions
    where newest_first = 1
    {%- endfor %}

)

select * from final
