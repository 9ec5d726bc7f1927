-- Grain: one row per customer, product and month in which the product changes, with ARR and
-- quantity of customer, family and product before it (after new rates and transfers) and after.
-- long because tiers are netted before the product is summed, and each balance is its own window
{%- set changes = [
    'arr_change', 'gross_change', 'discount_change', 'step_change', 'carried_gross_change',
    'fx_change', 'transfer_change', 'quantity_change', 'step_quantity_change',
    'carried_quantity_change'
] %}
with postings as (

    select * from {{ ref('int_arr_postings') }}

),

products as (
    {{- products_of_kinds() }}

),

steps as (

    select distinct
        source_system,
        subscription_id,
        customer_key,
        product_key,
        month_index
    from postings
    where is_contracted_step and sign = 1 and posting_type = 'contract' and arr > 0

),

-- a line that ends as a step of its subscription and product begins is part of the step
marked as (

    select
        postings.*,
        products.product_family_key,
        postings.posting_type = 'contract' as is_contract,
        postings.arr > 0 as is_charge,
        case
            when postings.sign = 1 then postings.is_contracted_step
            else steps.month_index is not null
        end as is_step
    from postings
    inner join products
        on postings.product_key = products.product_key
    left join steps
        on
            postings.customer_key = steps.customer_key
            and postings.product_key = steps.product_key
            and postings.month_index = steps.month_index
            and postings.source_system = steps.source_system
            and postings.subscription_id = steps.subscription_id

),

-- lines of one tier that end and begin in a month are one line to it
by_tier as (

    select
        customer_key,
        product_key,
        product_family_key,
        month_index,
        tier_key,
        {%- for change, condition in {
            'arr_change': 'is_contract',
            'gross_change': 'is_contract and is_charge',
            'discount_change': 'is_contract and not is_charge',
            'step_change': 'is_contract and is_charge and is_step',
            'carried_gross_change': 'not is_contract and is_charge',
            'quantity_change': 'is_contract and is_charge',
            'step_quantity_change': 'is_contract and is_charge and is_step',
            'carried_quantity_change': 'not is_contract and is_charge',
        }.items() %}
        {%- set amount = 'sign * quantity' if 'quantity' in change else 'arr_change' %}
        sum(case when {{ condition }} then {{ amount }} else 0 end) as {{ change }},
        {%- endfor %}
        {{ posted_by('fx') }} as fx_change,
        {{ posted_by('transfer') }} as transfer_change
    from marked
    group by customer_key, product_key, product_family_key, month_index, tier_key

),

summed as (

    select
        customer_key,
        product_key,
        product_family_key,
        month_index,
        {%- for change in changes %}
        cast(
            sum({{ change }}) as {{ type_quantity() if 'quantity' in change else type_money() }}
        ) as {{ change }},
        {%- endfor %}
        min(case when gross_change > 0 then tier_key end) as started_tier,
        min(case when gross_change < 0 then tier_key end) as ended_tier
    from by_tier
    group by customer_key, product_key, product_family_key, month_index

),

balanced as (

    select
        *,
        {%- for whole, key in {
            'customer': 'customer_key', 'family': 'customer_key, product_family_key',
        }.items() %}
        sum(arr_change + fx_change + transfer_change) over (
            partition by {{ key }} order by month_index
            range between unbounded preceding and current row
        ) as {{ whole }}_arr,
        -- in the order of the balance, so that both are sorted once
        sum(arr_change) over (
            partition by {{ key }} order by month_index range between current row and current row
        ) as {{ whole }}_change,
        {%- endfor %}
        sum(gross_change + carried_gross_change) over (
            partition by customer_key, product_key order by month_index
            rows between unbounded preceding and current row
        ) as gross_arr,
        sum(quantity_change + carried_quantity_change) over (
            partition by customer_key, product_key order by month_index
            rows between unbounded preceding and current row
        ) as quantity
    from summed
    where
        abs(arr_change) + abs(gross_change) + abs(quantity_change) + abs(step_change)
        + abs(step_quantity_change) + abs(carried_gross_change) + abs(carried_quantity_change)
        + abs(fx_change) + abs(transfer_change) > 0

),

states as (

    select
        *,
        cast(gross_arr - gross_change as {{ type_money() }}) as gross_before,
        cast(gross_arr as {{ type_money() }}) as gross_after,
        cast(quantity - quantity_change as {{ type_quantity() }}) as quantity_before,
        cast(quantity as {{ type_quantity() }}) as quantity_after,
        gross_arr - gross_change <= 0 and gross_arr > 0 as is_added,
        gross_arr - gross_change > 0 and gross_arr <= 0 as is_dropped
    from balanced

),

-- within a family, products added and products dropped in one month are one swap
final as (

    select
        {%- for column in ['customer_key', 'product_key', 'month_index'] + changes
            + ['started_tier', 'ended_tier'] %}
        {{ column }},
        {%- endfor %}
        {{ is_active('customer_arr - customer_change') }} as is_customer_before,
        {{ is_active('customer_arr') }} as is_customer_after,
        family_arr - family_change > 0 as has_family_before,
        family_arr > 0 as has_family_after,
        gross_before,
        gross_after,
        quantity_before,
        quantity_after,
        is_added,
        is_dropped,
        {%- for total, amount in {
            'dropped_gross': 'case when is_dropped then gross_before else 0 end',
            'dropped_quantity': 'case when is_dropped then quantity_before else 0 end',
            'added_quantity': 'case when is_added then quantity_after else 0 end',
        }.items() %}
        cast(sum({{ amount }}) over (
            partition by customer_key, product_family_key, month_index
        ) as {{ type_money() if total == 'dropped_gross' else type_quantity() }}) as {{ total }},
        {%- endfor %}
        min(case when is_dropped then ended_tier end) over (
            partition by customer_key, product_family_key, month_index
        ) as dropped_tier,
        min(case when is_added then started_tier end) over (
            partition by customer_key, product_family_key, month_index
        ) as added_tier,
        row_number() over (
            partition by customer_key, product_family_key, month_index
            order by
                case when gross_before <= 0 then gross_after else 0 end desc nulls last,
                product_key asc
        ) as family_rank
    from states

)

select * from final
