-- Grain: one row per subscription line of every billing system that is on: the waist of the
-- project.
{%- set lines_of = {
    'stripe': 'int_stripe_subscription_lines',
    'custom_billing': 'int_custom_billing_lines_shaped',
} %}
with
{%- for system in billing_systems() %}

{{ system }}_lines as (

    select * from {{ ref(lines_of[system]) }}

),
{%- endfor %}

lines as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        line_id,
        subscription_id,
        subscription_item_id,
        source_customer_id,
        product_id,
        plan_tier,
        start_date,
        end_date,
        ends_in_pause,
        term_amount,
        periods_per_year_numerator,
        periods_per_year_denominator,
        quantity,
        currency,
        charge_type,
        supersedes_line_id,
        notice_date,
        is_contracted_step,
        unusable_reason,
        source_table,
        source_row_id,
        load_id
    from {{ system }}_lines
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

records as (

    select * from {{ ref('int_customers_unioned') }}

),

final as (

    select
        lines.*,
        records.record_key
    from lines
    left join records
        on
            lines.source_system = records.source_system
            and lines.source_customer_id = records.source_customer_id

)

select * from final
