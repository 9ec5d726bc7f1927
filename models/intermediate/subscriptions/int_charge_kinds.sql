-- Grain: one row per kind of charge: the billing system, product, tier, currency, charge type and
-- reason for being unusable that lines share. Lines carry its number instead of these texts.
-- Numbers are of one build and are never published.
-- long because charges come from every billing system and are classified in one place
{%- set charges_of = {
    'stripe': ('int_stripe_item_lines', 'gross_amount_minor'),
    'custom_billing': ('int_custom_billing_subscription_lines', 'term_amount'),
} %}
with
{%- for system in billing_systems() %}

{{ system }}_charges as (

    select * from {{ ref(charges_of[system][0]) }}

),
{%- endfor %}

products as (

    select * from {{ ref('int_products') }}

),

used as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        source_table,
        product_id,
        plan_tier,
        currency,
        charge_type,
        unusable_reason,
        max(case when {{ charges_of[system][1] }} <> 0 then 1 else 0 end) = 1 as has_amounts
    from {{ system }}_charges
    group by source_table, product_id, plan_tier, currency, charge_type, unusable_reason
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

-- a product that no billing system lists is a family of its own
listed as (

    select
        used.source_system,
        used.source_table,
        used.product_id,
        used.plan_tier,
        used.currency,
        used.charge_type,
        used.unusable_reason,
        used.has_amounts,
        coalesce(products.product_family, used.product_id) as product_family,
        case
            when used.charge_type = 'recurring' then coalesce(products.revenue_type, 'recurring')
            else used.charge_type
        end as revenue_type
    from used
    left join products
        on used.product_id = products.product_id

),

final as (

    select
        cast(row_number() over (
            order by
                source_system,
                source_table nulls last,
                product_id nulls last,
                plan_tier nulls last,
                currency nulls last,
                charge_type nulls last,
                unusable_reason nulls last
        ) as integer) as charge_kind_key,
        cast(dense_rank() over (order by product_id nulls last) as integer) as product_key,
        cast(dense_rank() over (order by product_family) as integer) as product_family_key,
        source_system,
        source_table,
        product_id,
        product_family,
        plan_tier,
        currency,
        charge_type,
        revenue_type,
        has_amounts,
        unusable_reason,
        case
            when unusable_reason is not null then unusable_reason
            when revenue_type not in ({{ quoted_list(charge_types()) }}) then 'unknown_charge_type'
            when revenue_type not in ({{ quoted_list(charge_types_in_arr()) }}) then revenue_type
        end as exclusion_reason
    from listed

)

select * from final
