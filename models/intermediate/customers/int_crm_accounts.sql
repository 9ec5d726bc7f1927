-- Grain: one row per account of every CRM system that is on; no row without one.
-- long because an account may have several versions, and an id two forms
{{ config(enabled=is_on('core', ['crm_system'])) }}
with
{%- if 'salesforce' in crm_systems() %}

account_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'account'

),

user_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'user'

),

salesforce_versions as (

    select
        accounts.*,
        coalesce(account_ids.record_id, accounts.account_id) as record_id,
        row_number() over (
            partition by coalesce(account_ids.record_id, accounts.account_id)
            order by
                case when accounts.is_active_version then 0 else 1 end asc,
                coalesce(accounts.version_started_at, accounts.synced_at) desc nulls last,
                length(accounts.account_id) desc nulls last
        ) as newest_first
    from {{ ref('stg_salesforce__accounts') }} as accounts
    left join account_ids
        on accounts.account_id = account_ids.id_form

),

-- in history mode the account table itself holds the versions
salesforce_histories as (
    {%- for versions in ['account_versions', 'accounts'] %}

    select
        account_id,
        version_started_at
    from {{ ref('stg_salesforce__' ~ versions) }}
    where
        nullif(merged_into_account_id, '') is not null
        and version_started_at is not null
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

-- the first version that names the account it was merged into
salesforce_merges as (

    select
        coalesce(account_ids.record_id, versions.account_id) as account_id,
        min(versions.version_started_at) as merged_at
    from salesforce_histories as versions
    left join account_ids
        on versions.account_id = account_ids.id_form
    group by coalesce(account_ids.record_id, versions.account_id)

),

salesforce_accounts as (

    select
        versions.record_id as account_id,
        versions.account_name,
        coalesce(parent_ids.record_id, versions.parent_account_id) as parent_account_id,
        coalesce(survivor_ids.record_id, versions.merged_into_account_id)
            as merged_into_account_id,
        {{ reporting_date('salesforce_merges.merged_at') }} as merged_date,
        coalesce(owner_ids.record_id, versions.account_owner_id) as account_owner_id,
        coalesce(csm_ids.record_id, versions.csm_owner_id) as csm_owner_id,
        {{- segments_of('versions') }}
        versions.is_deleted or not versions.is_active_version as is_deleted
    from salesforce_versions as versions
    left join salesforce_merges
        on versions.record_id = salesforce_merges.account_id
    left join account_ids as parent_ids
        on versions.parent_account_id = parent_ids.id_form
    left join account_ids as survivor_ids
        on versions.merged_into_account_id = survivor_ids.id_form
    left join user_ids as owner_ids
        on versions.account_owner_id = owner_ids.id_form
    left join user_ids as csm_ids
        on versions.csm_owner_id = csm_ids.id_form
    where versions.newest_first = 1

),
{%- endif %}

no_accounts as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as account_name,
        cast(null as {{ dbt.type_string() }}) as parent_account_id,
        cast(null as {{ dbt.type_string() }}) as merged_into_account_id,
        cast(null as date) as merged_date,
        cast(null as {{ dbt.type_string() }}) as account_owner_id,
        cast(null as {{ dbt.type_string() }}) as csm_owner_id,
        {{- no_segments() }}
        cast(null as boolean) as is_deleted

),

final as (

    select * from no_accounts
    where account_id is not null
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        account_id,
        account_name,
        nullif(parent_account_id, '') as parent_account_id,
        nullif(merged_into_account_id, '') as merged_into_account_id,
        merged_date,
        account_owner_id,
        csm_owner_id,
        {{- segments_of() }}
        is_deleted
    from {{ system }}_accounts
    {%- endfor %}

)

select * from final
