-- Grain: one row per account of every CRM system that is on; no row without one.
with
{%- if 'salesforce' in crm_systems() %}

salesforce_versions as (

    select
        *,
        row_number() over (
            partition by account_id
            order by
                case when is_active_version then 0 else 1 end asc,
                coalesce(version_started_at, synced_at) desc nulls last
        ) as newest_first
    from {{ ref('stg_salesforce__accounts') }}

),

-- the first version that names the account it was merged into
salesforce_merges as (

    select
        account_id,
        min(version_started_at) as merged_at
    from {{ ref('stg_salesforce__account_versions') }}
    where merged_into_account_id is not null
    group by account_id

),

salesforce_accounts as (

    select
        salesforce_versions.*,
        {{ reporting_date('salesforce_merges.merged_at') }} as merged_date
    from salesforce_versions
    left join salesforce_merges
        on salesforce_versions.account_id = salesforce_merges.account_id
    where salesforce_versions.newest_first = 1

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
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as industry,
        cast(null as {{ dbt.type_string() }}) as region,
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
        segment,
        industry,
        region,
        is_deleted
    from {{ system }}_accounts
    {%- endfor %}

)

select * from final
