-- Grain: one row per CRM account and month in which it may have changed; the first is month 0.
-- long because versions come from a history table, from the account table or from neither
{{ config(enabled=is_on('core', ['crm_system'])) }}
{%- set told = segment_columns() + ['parent_account_id', 'account_owner_id', 'csm_owner_id'] %}
with accounts as (

    select * from {{ ref('int_crm_accounts') }}

),

account_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'account'

),

user_ids as (

    select * from {{ ref('int_crm_id_forms') }}
    where record_kind = 'user'

),

landed_versions as (

    select
        account_id,
        cast(null as {{ dbt.type_timestamp() }}) as version_started_at,
        parent_account_id,
        {{- segments_of() }}
        account_owner_id,
        csm_owner_id
    from accounts
    where account_id is null
    {%- for versions in ['account_versions', 'accounts'] if 'salesforce' in crm_systems() %}

    union all

    select
        account_id,
        version_started_at,
        parent_account_id,
        {{- segments_of() }}
        account_owner_id,
        csm_owner_id
    from {{ ref('stg_salesforce__' ~ versions) }}
    -- in history mode the account table itself holds the versions
    where version_started_at is not null
        {%- if versions == 'account_versions' %}
        -- one that ended before it began was never in force
        and (version_ended_at is null or version_ended_at >= version_started_at)
        {%- endif %}
    {%- endfor %}

),

dated_versions as (

    select
        coalesce(account_ids.record_id, versions.account_id) as account_id,
        versions.version_started_at,
        {{ month_index(reporting_date('versions.version_started_at')) }} as start_month_index,
        coalesce(parent_ids.record_id, versions.parent_account_id) as parent_account_id,
        {{- segments_of('versions') }}
        coalesce(owner_ids.record_id, versions.account_owner_id) as account_owner_id,
        coalesce(csm_ids.record_id, versions.csm_owner_id) as csm_owner_id
    from landed_versions as versions
    left join account_ids
        on versions.account_id = account_ids.id_form
    left join account_ids as parent_ids
        on versions.parent_account_id = parent_ids.id_form
    left join user_ids as owner_ids
        on versions.account_owner_id = owner_ids.id_form
    left join user_ids as csm_ids
        on versions.csm_owner_id = csm_ids.id_form

),

placed_versions as (

    select
        *,
        row_number() over (
            partition by account_id
            order by
                version_started_at asc nulls last,
                {%- for column in segment_columns() %}
                {{ column }} desc nulls first,
                {%- endfor %}
                account_owner_id desc nulls first,
                csm_owner_id desc nulls first,
                parent_account_id desc nulls first
        ) as oldest_first
    from dated_versions

),

-- a month shows what was in force at its end, so the last version of a month speaks for it
ranked_versions as (

    select
        *,
        {{- named_ever(told, 'account_id') }}
        row_number() over (
            partition by account_id, start_month_index order by oldest_first desc
        ) as newest_first
    from placed_versions

),

-- what a history never names it does not keep: today's value holds for all months
final as (

    select
        versions.account_id,
        {{- kept_or_of_today(told, 'versions', 'accounts') }}
        -- what was before the first version is not known; its values are carried back
        case
            when versions.oldest_first = 1 then 0 else versions.start_month_index
        end as from_month_index
    from ranked_versions as versions
    left join accounts
        on versions.account_id = accounts.account_id
    where versions.oldest_first = 1 or versions.newest_first = 1

    union all

    select
        accounts.account_id,
        {%- for column in told %}
        accounts.{{ column }},
        {%- endfor %}
        0 as from_month_index
    from accounts
    left join ranked_versions
        on
            accounts.account_id = ranked_versions.account_id
            and ranked_versions.oldest_first = 1
    where ranked_versions.account_id is null

)

select * from final
