-- Grain: one row per policy and month in which a sum over the customers it affects moves away from
-- or back to what is configured.
{%- set measures = ['ending_arr', 'base_arr', 'base_customers', 'net_arr', 'gross_arr'] %}
with balances as (

    select * from {{ ref('int_policy_balances_compared') }}

),

policies as (

    select * from {{ ref('ledger_policies') }}

),

measured as (

    select
        balances.policy,
        balances.sign,
        balances.customer_id,
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
    inner join policies
        on balances.policy = policies.policy

),

changes as (

    select
        policy,
        sign,
        {%- for measure in measures %}
        {{ measure }} - coalesce(lag({{ measure }}) over (
            partition by policy, sign, customer_id order by month_index
        ), 0) as {{ measure }}_change,
        {%- endfor %}
        month_index
    from measured

),

final as (

    select
        policy,
        {%- for measure in measures %}
        cast(
            sum(sign * {{ measure }}_change)
            as {{ 'bigint' if measure == 'base_customers' else type_money() }}
        ) as {{ measure }}_change,
        {%- endfor %}
        month_index
    from changes
    group by policy, month_index

)

select * from final
