-- Grain: one row per amount of an invoice of every billing system whose invoices are read; no row
-- without such a system.
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
{%- set amounts_of = {'stripe': 'int_stripe_invoice_amounts'} %}
with no_amounts as (

    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as invoice_amount_id,
        cast(null as {{ dbt.type_string() }}) as invoice_id,
        cast(null as {{ dbt.type_string() }}) as source_customer_id,
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as amount_kind,
        cast(null as boolean) as is_charged,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as date) as service_start_date,
        cast(null as date) as service_end_date,
        cast(null as {{ type_amount() }}) as amount_in_currency

),
{%- for system in reconciled_systems() %}

{{ system }}_amounts as (

    select * from {{ ref(amounts_of[system]) }}

),
{%- endfor %}

final as (

    select * from no_amounts
    where source_system is not null
    {%- for system in reconciled_systems() %}

    union all

    select
        '{{ system }}' as source_system,
        invoice_amount_id,
        invoice_id,
        customer_id as source_customer_id,
        subscription_id,
        amount_kind,
        is_charged,
        currency,
        service_start_date,
        service_end_date,
        amount_in_currency
    from {{ system }}_amounts
    {%- endfor %}

)

select * from final
