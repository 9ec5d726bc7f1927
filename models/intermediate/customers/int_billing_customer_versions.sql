-- Grain: one row per customer whom billing knows best and month in which it changed; the first is
-- month 0.
-- long because versions are cut to months and to whom billing speaks for
{%- set told = segment_columns() + ['parent_source_customer_id'] %}
with
{%- if 'custom_billing' in billing_systems() %}

landed_versions as (

    select
        'custom_billing' as source_system,
        customer_id as source_customer_id,
        valid_from_date,
        {{- segments_of() }}
        parent_customer_id as parent_source_customer_id
    from {{ ref('stg_custom_billing__customer_versions') }}

),
{%- else %}

landed_versions as (

    select
        source_system,
        source_customer_id,
        created_date as valid_from_date,
        {{- segments_of() }}
        parent_source_customer_id
    from {{ ref('int_billing_customers') }}
    where 1 = 0

),
{%- endif %}

matched as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

-- of customers merged in billing the survivor speaks; as it was, each until its merge
speakers as (

    select
        source_system,
        source_customer_id,
        customer_id
    from matched
    where is_survivor

    union distinct

    select
        source_system,
        source_customer_id,
        customer_id
    from {{ ref('int_customer_identities') }}
    where
        not is_current
        and customer_id = source_customer_id

),

customers as (

    select * from {{ ref('int_billing_customers') }}

),

accounts as (

    select * from {{ crm_rows('int_crm_accounts') }}

),

-- the CRM system speaks for whom it knows
dated_versions as (

    select
        speakers.source_system,
        speakers.source_customer_id,
        speakers.customer_id,
        landed_versions.valid_from_date,
        {{ month_index('landed_versions.valid_from_date') }} as start_month_index,
        {{- segments_of('landed_versions') }}
        nullif(landed_versions.parent_source_customer_id, '') as parent_source_customer_id
    from landed_versions
    inner join speakers
        on
            landed_versions.source_system = speakers.source_system
            and landed_versions.source_customer_id = speakers.source_customer_id
    left join accounts
        on speakers.customer_id = accounts.account_id
    where accounts.account_id is null

),

-- a month shows what was in force at its end
ranked_versions as (

    select
        *,
        {{- named_ever(told, 'customer_id') }}
        row_number() over (
            partition by customer_id, start_month_index order by valid_from_date desc
        ) as newest_first,
        row_number() over (partition by customer_id order by valid_from_date) as oldest_first
    from dated_versions

),

-- what versions never name they do not keep: today's value holds for all months
final as (

    select
        versions.source_system,
        versions.customer_id,
        {{- kept_or_of_today(told, 'versions', 'customers') }}
        -- what was before the first version is not known; its values are carried back
        case
            when versions.oldest_first = 1 then 0 else versions.start_month_index
        end as from_month_index
    from ranked_versions as versions
    left join customers
        on
            versions.source_system = customers.source_system
            and versions.source_customer_id = customers.source_customer_id
    where
        versions.oldest_first = 1
        or versions.newest_first = 1

)

select * from final
