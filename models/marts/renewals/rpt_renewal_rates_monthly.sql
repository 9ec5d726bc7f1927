-- Grain: one row per month in which terms end and segment, product family or owner.
-- long because terms are cut and counted once per customer before they are divided
{{ config(enabled=is_on('renewals')) }}
{%- set of_outcome = 'sum(case when outcome {} then up_for_renewal_arr else 0 end)' %}
{%- set measures = {
    'is_decided': "max(case when outcome <> 'open' then 1 else 0 end)",
    'is_renewed': "max(case when outcome not in ('open', 'lost') then 1 else 0 end)",
    'decided_arr': of_outcome.format("<> 'open'"),
    'open_arr': of_outcome.format("= 'open'"),
    'gross_renewed_arr': 'sum(coalesce(gross_renewed_arr, 0))',
    'renewed_arr': 'sum(coalesce(renewed_arr, 0))',
    'early_arr': of_outcome.format("= 'early'"),
    'late_arr': of_outcome.format("= 'late'"),
    'lost_arr': of_outcome.format("= 'lost'"),
} %}
with renewals as (

    select * from {{ ref('fct_renewals') }}

),

segments as (

    select * from {{ ref('int_segment_set_values') }}

),

-- of a customer whose terms end in a month, one set of segments holds; families it may have several
{%- for cut in ['segment_set_key', 'product_family'] %}

customers_by_{{ cut }} as (

    select
        {%- for measure, of_terms in measures.items() %}
        {{ of_terms }} as {{ measure }},
        {%- endfor %}
        date_month,
        {{ cut }},
        customer_id
    from renewals
    group by date_month, {{ cut }}, customer_id

),
{%- endfor %}

by_customer as (

    select
        {%- for measure in measures %}
        customers.{{ measure }},
        {%- endfor %}
        customers.date_month,
        segments.segment_type,
        segments.segment_value
    from customers_by_segment_set_key as customers
    inner join segments
        on customers.segment_set_key = segments.segment_set_key

    union all

    select
        {%- for measure in measures %}
        {{ measure }},
        {%- endfor %}
        date_month,
        'product_family' as segment_type,
        product_family as segment_value
    from customers_by_product_family

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        {%- for measure in measures if measure.endswith('_arr') %}
        cast(sum({{ measure }}) as {{ type_money() }}) as {{ measure }},
        {%- endfor %}
        cast(sum(is_decided) as bigint) as decided_customers,
        cast(sum(is_renewed) as bigint) as renewed_customers,
        {{ ratio('sum(gross_renewed_arr)', 'sum(decided_arr)') }} as gross_renewal_rate,
        {{ ratio('sum(renewed_arr)', 'sum(decided_arr)') }} as net_renewal_rate,
        {{ ratio('sum(is_renewed)', 'sum(is_decided)') }} as logo_renewal_rate
    from by_customer
    group by date_month, segment_type, segment_value

)

select * from final
