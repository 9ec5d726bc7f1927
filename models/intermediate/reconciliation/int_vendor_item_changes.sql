-- Grain: one row per item of a billing system that states MRR of its own, customer, currency and
-- month in which the ledger, the vendor's MRR or a fact about the item changes.
-- long because the ledger's side and the vendor's side are brought into one shape first
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with facts as (

    select * from {{ ref('int_reconciliation_facts') }}
    where fact <> 'stopped'

),

no_changes as (

    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_customer_id,
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as integer) as month_index,
        cast(null as {{ type_amount() }}) as mrr_change_in_currency

),
{%- if 'stripe' in reconciled_systems() %}

stripe_events as (

    select * from {{ ref('stg_stripe__subscription_item_change_events') }}

),

currency_exponents as (

    select * from {{ ref('stripe_currency_exponents') }}

),

stripe_changes as (

    select
        'stripe' as source_system,
        coalesce(events.customer_id, 'unknown') as source_customer_id,
        coalesce(events.subscription_id, 'unknown') as subscription_id,
        coalesce(
            events.subscription_item_id, events.subscription_id, 'unknown'
        ) as subscription_item_id,
        events.currency,
        {{ month_index(reporting_date('events.changed_at')) }} as month_index,
        cast(
            events.mrr_change_minor
            * {{ minor_unit('currency_exponents.minor_unit_exponent') }} as {{ type_amount() }}
        ) as mrr_change_in_currency
    from stripe_events as events
    left join currency_exponents
        on events.currency = currency_exponents.currency

),
{%- endif %}

vendor_changes as (

    select * from no_changes
    where source_system is not null
    {%- if 'stripe' in reconciled_systems() %}

    union all

    select * from stripe_changes
    where month_index <= {{ last_published_month_index() }}
    {%- endif %}

),

customers as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

transfers as (

    select * from {{ ref('int_subscription_customers') }}
    where source_customer_id <> current_source_customer_id

),

-- a system whose MRR never landed cannot be reconciled
systems as (

    select distinct source_system
    from vendor_changes

),

sides as (
    {{- sides_listed() }}

),

ledger_side as (

    select
        facts.source_system,
        facts.customer_id,
        facts.subscription_item_id,
        facts.currency,
        facts.fact,
        {{ begun_or_ended('facts.from_month_index', 'facts.until_month_index') }}
            as month_index,
        sides.sign as line_change,
        sides.sign * facts.arr as arr_change,
        cast(0 as {{ type_amount() }}) as mrr_change_in_currency
    from facts
    inner join systems
        on facts.source_system = systems.source_system
    cross join sides

),

vendor_side as (

    select
        vendor_changes.source_system,
        coalesce(
            customers.customer_id,
            transfers.current_source_customer_id,
            vendor_changes.source_customer_id
        ) as customer_id,
        vendor_changes.subscription_item_id,
        vendor_changes.currency,
        'in_vendor' as fact,
        -- what the vendor counted before a history that is cut off enters with its first month
        greatest(
            vendor_changes.month_index, {{ history_start_month_index() }}
        ) as month_index,
        1 as line_change,
        cast(0 as {{ type_money() }}) as arr_change,
        vendor_changes.mrr_change_in_currency
    from vendor_changes
    left join transfers
        on
            vendor_changes.source_system = transfers.source_system
            and vendor_changes.subscription_id = transfers.subscription_id
            and vendor_changes.source_customer_id = transfers.source_customer_id
    left join customers
        on
            vendor_changes.source_system = customers.source_system
            and coalesce(
                transfers.current_source_customer_id, vendor_changes.source_customer_id
            ) = customers.source_customer_id

),

both_sides as (

    select * from ledger_side
    where month_index <= {{ last_published_month_index() }}

    union all

    select * from vendor_side

),

final as (

    select
        source_system,
        customer_id,
        subscription_item_id,
        currency,
        month_index,
        cast(sum(mrr_change_in_currency) as {{ type_amount() }}) as vendor_mrr_change_in_currency,
        {%- for fact in reconciled_facts() %}
        cast(
            sum(case when fact = '{{ fact }}' then arr_change else 0 end) as {{ type_money() }}
        ) as {{ fact }}_arr_change,
        {%- endfor %}
        cast(sum(case when fact = 'left_out' then line_change else 0 end) as bigint)
            as left_out_line_change,
        count(case when fact = 'in_vendor' then 1 end) as vendor_change_count,
        count(case when fact <> 'in_vendor' then 1 end) as line_change_count
    from both_sides
    group by source_system, customer_id, subscription_item_id, currency, month_index

)

select * from final
