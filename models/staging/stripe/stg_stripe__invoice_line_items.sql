-- Grain: one row per line of an invoice of Stripe.
{{ config(enabled='stripe' in billing_systems()) }}
{#- older connections write the id of the subscription as the id of a line: a key with these #}
{%- set line_key = ['id', 'invoice_id', 'unique_id'] %}
{%- set named = namespace(by="id || '/' || invoice_id") %}
{%- for column in [
    'subscription_item_id', 'price_id', 'plan_id', 'proration', 'quantity', 'amount',
    'unit_amount_excluding_tax', 'period_start', 'period_end',
] %}
{%- do line_key.append(
    "case when unique_id is null and id not like 'il%' then " ~ column ~ " end"
) %}
{%- set named.by = named.by
    ~ " || '/' || coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')" %}
{%- endfor %}
with source as (

    {{ extract_once('stripe', 'invoice_line_item', key=line_key, tells_contradiction=true) }}

),

-- a line may have landed under its older and its newer id, and one line may be on two invoices
ranked as (

    select
        *,
        row_number() over (
            partition by
                coalesce(unique_id, id), invoice_id,
                case when unique_id is null and id not like 'il%' then {{ named.by }} end
            order by _fivetran_synced desc nulls last, id asc nulls last
        ) as copy_number,
        unique_id is null and id not like 'il%'
        and count(*) over (partition by coalesce(unique_id, id), invoice_id) > 1 as is_ambiguous,
        min(invoice_id) over (partition by coalesce(unique_id, id)) as first_invoice_id
    from source
    where coalesce(cast(_fivetran_active as boolean), true)

),

final as (

    select
        -- ids
        case
            when is_ambiguous or (unique_id is null and id = subscription_id)
                then {{ named.by }}
            when invoice_id > first_invoice_id
                then coalesce(unique_id, id) || '/' || invoice_id
            else cast(coalesce(unique_id, id) as {{ dbt.type_string() }})
        end as invoice_line_item_id,
        cast(invoice_id as {{ dbt.type_string() }}) as invoice_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(subscription_item_id as {{ dbt.type_string() }}) as subscription_item_id,
        coalesce(
            cast(price_id as {{ dbt.type_string() }}), cast(plan_id as {{ dbt.type_string() }})
        ) as price_id,

        -- attributes
        is_contradicted,
        cast(type as {{ dbt.type_string() }}) as line_type,
        -- newer API versions keep it apart; a credit or an invoice item for an item is one
        coalesce(
            cast(proration as boolean),
            (type = 'invoiceitem' or amount < 0) and subscription_item_id is not null,
            false
        ) as is_proration,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,

        -- measures
        cast(quantity as bigint) as quantity,
        cast(amount as numeric(24, 6)) as amount_minor,
        cast(amount_excluding_tax as numeric(24, 6)) as amount_excluding_tax_minor,
        cast(unit_amount_excluding_tax as numeric(24, 12)) as unit_amount_excluding_tax_minor,

        -- instants, UTC
        cast(period_start as {{ dbt.type_timestamp() }}) as period_started_at,
        cast(period_end as {{ dbt.type_timestamp() }}) as period_ended_at,
        cast(_fivetran_synced as {{ dbt.type_timestamp() }}) as synced_at

    from ranked
    where copy_number = 1 or id is null or invoice_id is null

)

select * from final
