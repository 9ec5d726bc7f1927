-- Grain: one row per reading of a health system that is on, with its customer. The customer is null
-- if the id names none, or several; no rows without a health system.
-- long because an id may be that of a CRM account or of any billing system
{{ config(enabled=is_on('customer_health', ['health_system'])) }}
with
{%- if 'custom_health' in health_systems() %}

custom_health_readings as (

    select * from {{ ref('stg_custom_health__customer_health') }}

),
{%- endif %}

customers as (

    select * from {{ ref('int_customers') }}

),

crm_merges as (

    select * from {{ ref('int_surviving_record_spans') }}
    where
        until_month_index is null
        and record_system in ({{ quoted_list(crm_systems() + ['']) }})

),

-- the id of the customer itself comes first, then its ids in billing and CRM systems
names as (

    select
        customer_id as record_id,
        customer_id,
        1 as name_rank
    from customers

    union distinct

    select
        source_customer_id as record_id,
        customer_id,
        2 as name_rank
    from {{ ref('int_customer_identities') }}
    where is_current and is_listed

    union distinct

    select
        record_id,
        holder_record_id as customer_id,
        2 as name_rank
    from crm_merges

    union distinct

    -- the other form of an id of the CRM system
    select
        account_ids.id_form as record_id,
        coalesce(crm_merges.holder_record_id, account_ids.record_id) as customer_id,
        2 as name_rank
    from {{ crm_rows('int_crm_id_forms', 'account_ids') }}
    left join crm_merges
        on account_ids.record_id = crm_merges.record_id
    where account_ids.record_kind = 'account'

),

best_names as (

    select
        names.record_id,
        names.name_rank,
        min(names.customer_id) as customer_id,
        row_number() over (partition by names.record_id order by names.name_rank) as best_first
    from names
    group by names.record_id, names.name_rank
    having count(distinct names.customer_id) = 1

),

readings as (

    select
        cast(null as {{ dbt.type_string() }}) as health_system,
        cast(null as {{ dbt.type_string() }}) as record_id,
        cast(null as date) as health_date,
        cast(null as bigint) as active_users,
        cast(null as bigint) as seats_used,
        cast(null as numeric(9, 4)) as nps,
        cast(null as numeric(9, 4)) as health_score
    {%- for system in health_systems() %}

    union all

    select
        '{{ system }}' as health_system,
        customer_id as record_id,
        health_date,
        active_users,
        seats_used,
        nps,
        health_score
    from {{ system }}_readings
    {%- endfor %}

),

final as (

    select
        readings.health_system,
        readings.record_id,
        readings.health_date,
        {{ month_index('readings.health_date') }} as month_index,
        customers.customer_id,
        readings.active_users,
        readings.seats_used,
        readings.nps,
        readings.health_score
    from readings
    left join best_names
        on
            readings.record_id = best_names.record_id
            and best_names.best_first = 1
    left join customers
        on best_names.customer_id = customers.customer_id
    where readings.record_id is not null

)

select * from final
