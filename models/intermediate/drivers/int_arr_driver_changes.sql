-- Grain: one row per customer, product and month in which price, quantity or discount of the
-- product moves, or in which a new rate or a transfer does it.
-- long because what a tier gains and loses is netted before the product is summed.
with postings as (

    select * from {{ ref('int_arr_postings') }}

),

steps as (

    select distinct
        source_system,
        subscription_id,
        product_id,
        from_month_index
    from {{ ref('int_subscription_lines_counted') }}
    where is_contracted_step and arr > 0

),

-- a line that ends in the month in which a step of its subscription and product begins is part of
-- the step
marked as (

    select
        postings.*,
        postings.posting_type = 'contract' as is_contract,
        postings.arr > 0 as is_charge,
        case
            when postings.sign = 1 then postings.is_contracted_step
            else steps.from_month_index is not null
        end as is_step
    from postings
    left join steps
        on
            postings.source_system = steps.source_system
            and postings.subscription_id = steps.subscription_id
            and postings.product_id = steps.product_id
            and postings.month_index = steps.from_month_index

),

-- lines of one tier that end and begin in a month are one line to it
by_tier as (

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        tier_key,
        {%- for change, condition in {
            'arr_change': 'is_contract',
            'gross_change': 'is_contract and is_charge',
            'discount_change': 'is_contract and not is_charge',
            'step_change': 'is_contract and is_charge and is_step',
            'carried_gross_change': 'not is_contract and is_charge',
        }.items() %}
        sum(case when {{ condition }} then arr_change else 0 end) as {{ change }},
        {%- endfor %}
        {%- for change, condition in {
            'quantity_change': 'is_contract and is_charge',
            'step_quantity_change': 'is_contract and is_charge and is_step',
            'carried_quantity_change': 'not is_contract and is_charge',
        }.items() %}
        sum(case when {{ condition }} then sign * quantity else 0 end) as {{ change }},
        {%- endfor %}
        {{ posted_by('fx') }} as fx_change,
        {{ posted_by('transfer') }} as transfer_change
    from marked
    group by customer_id, product_id, product_family, month_index, tier_key

),

summed as (

    select
        customer_id,
        product_id,
        product_family,
        month_index,
        {%- for change in [
            'arr_change', 'gross_change', 'discount_change', 'step_change', 'carried_gross_change',
            'fx_change', 'transfer_change'
        ] %}
        cast(sum({{ change }}) as {{ type_money() }}) as {{ change }},
        {%- endfor %}
        {%- for change in [
            'quantity_change', 'step_quantity_change', 'carried_quantity_change'
        ] %}
        cast(sum({{ change }}) as {{ type_quantity() }}) as {{ change }},
        {%- endfor %}
        min(case when gross_change > 0 then tier_key end) as started_tier,
        min(case when gross_change < 0 then tier_key end) as ended_tier
    from by_tier
    group by customer_id, product_id, product_family, month_index

),

final as (

    select * from summed
    where
        arr_change <> 0
        or gross_change <> 0
        or quantity_change <> 0
        or step_change <> 0
        or step_quantity_change <> 0
        or carried_gross_change <> 0
        or carried_quantity_change <> 0
        or fx_change <> 0
        or transfer_change <> 0

)

select * from final
