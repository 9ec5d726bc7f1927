-- Grain: one row per policy and month in which a sum over the customers it affects moves away from
-- or back to the configured policy.
-- long because a product, a customer and a policy are summed one after the other
{{ config(enabled=is_on('comparison')) }}
{%- set measures = ['ending_arr', 'base_arr', 'base_customers', 'net_arr', 'gross_arr'] %}
{%- set running = 'rows between unbounded preceding and current row' %}
{%- set product = 'partition by position, sign, customer_key, product_key '
    ~ 'order by month_index nulls last' %}
{%- set customer = 'partition by position, sign, customer_key order by month_index nulls last' %}
{%- set customer_month = 'position, sign, customer_key, month_index' %}
{%- set policies = ref('ledger_policies') %}
-- a policy goes by its position until the end; products stand apart only where they cap gross
with lines as (

    select
        policies.position,
        lines.sign,
        lines.customer_key,
        case when policies.caps_per_product and lines.sign = 1 then lines.product_key end
            as product_key,
        lines.from_month_index,
        lines.until_month_index,
        lines.arr
    from {{ ref('int_metric_policy_lines') }} as lines
    inner join {{ policies }} as policies
        on lines.policy = policies.policy

),

sides as (
    {{- sides_listed() }}

),

line_changes as (

    select
        lines.position,
        lines.sign,
        lines.customer_key,
        lines.product_key,
        {{ begun_or_ended('lines.from_month_index', 'lines.until_month_index') }} as month_index,
        {{ signed('lines.arr') }} as arr_change
    from lines
    cross join sides

),

-- every change counts twice: in its own month, and twelve months later in the base
shifted_changes as (
    {%- for months, arr_change, base_arr_change in [(0, 'arr_change', 0), (12, 0, 'arr_change')] %}

    select
        position,
        sign,
        customer_key,
        product_key,
        month_index + {{ months }} as month_index,
        {{ arr_change }} as arr_change,
        {{ base_arr_change }} as base_arr_change
    from line_changes
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

product_changes as (

    select
        {{ customer_month }},
        product_key,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(base_arr_change) as {{ type_money() }}) as base_arr_change
    from shifted_changes
    where month_index <= {{ last_published_month_index() }}
    group by {{ customer_month }}, product_key

),

product_balances as (

    select
        *,
        least(
            sum(arr_change) over ({{ product }} {{ running }}),
            sum(base_arr_change) over ({{ product }} {{ running }})
        ) as smaller_arr
    from product_changes
    where product_key is not null

),

compared_products as (

    select
        {{ customer_month }},
        arr_change,
        base_arr_change,
        cast(
            smaller_arr - coalesce(lag(smaller_arr) over ({{ product }}), 0) as {{ type_money() }}
        ) as smaller_arr_change
    from product_balances

),

customer_changes as (

    select
        {{ customer_month }},
        arr_change,
        base_arr_change,
        0 as smaller_arr_change
    from product_changes
    where product_key is null

    union all

    select
        {{ customer_month }},
        sum(arr_change) as arr_change,
        sum(base_arr_change) as base_arr_change,
        sum(smaller_arr_change) as smaller_arr_change
    from compared_products
    group by {{ customer_month }}

),

balances as (

    select
        {%- for measure in ['arr', 'base_arr', 'smaller_arr'] %}
        cast(
            sum({{ measure }}_change) over ({{ customer }} {{ running }}) as {{ type_money() }}
        ) as {{ measure }},
        {%- endfor %}
        {{ customer_month }}
    from customer_changes

),

measured as (

    select
        balances.position,
        balances.sign,
        balances.customer_key,
        balances.month_index,
        balances.arr as ending_arr,
        case when {{ is_active('balances.base_arr') }} then balances.base_arr else 0 end
            as base_arr,
        case when {{ is_active('balances.base_arr') }} then 1 else 0 end as base_customers,
        case when {{ is_active('balances.base_arr') }} then balances.arr else 0 end as net_arr,
        case
            when {{ is_inactive('balances.base_arr') }} then 0
            when balances.sign = 1 and policies.caps_per_product
                then greatest(0, balances.smaller_arr)
            else greatest(0, least(balances.arr, balances.base_arr))
        end as gross_arr
    from balances
    inner join {{ policies }} as policies
        on balances.position = policies.position

),

changes as (

    select
        position,
        sign,
        {%- for measure in measures %}
        {{ measure }} - coalesce(lag({{ measure }}) over ({{ customer }}), 0)
            as {{ measure }}_change,
        {%- endfor %}
        month_index
    from measured

),

final as (

    select
        policies.policy,
        {%- for measure in measures %}
        cast(
            sum(changes.sign * changes.{{ measure }}_change)
            as {{ 'bigint' if measure == 'base_customers' else type_money() }}
        ) as {{ measure }}_change,
        {%- endfor %}
        changes.month_index
    from changes
    inner join {{ policies }} as policies
        on changes.position = policies.position
    group by policies.policy, changes.month_index

)

select * from final
