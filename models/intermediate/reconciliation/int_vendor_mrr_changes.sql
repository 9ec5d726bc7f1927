-- Grain: one row per item of a billing system that states MRR of its own, customer, currency and
-- month in which that MRR moves; no row without such a system.
{%- set mrr_of = {'stripe': 'int_stripe_mrr_changes_summed'} %}
with no_changes as (

    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_customer_id,
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as integer) as month_index,
        cast(null as {{ type_amount() }}) as mrr_change_in_currency

),
{%- for system in reconciled_systems() %}

{{ system }}_changes as (

    select * from {{ ref(mrr_of[system]) }}

),
{%- endfor %}

final as (

    select * from no_changes
    where source_system is not null
    {%- for system in reconciled_systems() %}

    union all

    select
        '{{ system }}' as source_system,
        customer_id as source_customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        month_index,
        mrr_change_in_currency
    from {{ system }}_changes
    {%- endfor %}

)

select * from final
