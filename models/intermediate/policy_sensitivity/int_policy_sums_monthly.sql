-- Grain: one row per published month and policy: closing ARR, and over twelve months the base and
-- what is left of it.
-- long because what is configured and the differences from it meet here.
{%- set measures = ['ending_arr', 'base_arr', 'base_customers', 'net_arr', 'gross_arr'] %}
with months as (

    select * from {{ ref('int_ledger_months') }}

),

policies as (

    select * from {{ ref('ledger_policies') }}

),

bridge_changes as (

    select
        month_index,
        sum(arr_change) as arr_change
    from {{ ref('int_arr_bridge_changes') }}
    group by month_index

),

sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where
        account_grain = 'customer'
        and segment_type = 'all'
        and window_months = 12

),

first_month as (

    select min(month_index) as month_index
    from months

),

-- what a policy counts before the ledger begins is there from its first month on
changes as (

    select
        policy_changes.policy,
        {%- for measure in measures %}
        sum(policy_changes.{{ measure }}_change) as {{ measure }}_change,
        {%- endfor %}
        greatest(policy_changes.month_index, first_month.month_index) as month_index
    from {{ ref('int_policy_changes_summed') }} as policy_changes
    cross join first_month
    group by
        policy_changes.policy,
        greatest(policy_changes.month_index, first_month.month_index)

),

configured as (

    select
        months.month_index,
        months.date_month,
        policies.policy,
        sum(coalesce(bridge_changes.arr_change, 0)) over (
            partition by policies.policy order by months.month_index
            rows between unbounded preceding and current row
        ) as ending_arr,
        sums.base_arr,
        sums.base_customers,
        case when policies.is_strict then sums.strict_net_arr else sums.net_arr end as net_arr,
        case
            when policies.is_strict then sums.strict_gross_arr else sums.gross_arr
        end as gross_arr
    from months
    cross join policies
    left join bridge_changes
        on months.month_index = bridge_changes.month_index
    left join sums
        on months.month_index = sums.month_index

),

final as (

    select
        configured.date_month,
        {%- for measure in measures %}
        cast(configured.{{ measure }} + sum(coalesce(changes.{{ measure }}_change, 0)) over (
            partition by configured.policy order by configured.month_index
            rows between unbounded preceding and current row
        ) as {{ 'bigint' if measure == 'base_customers' else type_money() }}) as {{ measure }},
        {%- endfor %}
        configured.policy
    from configured
    left join changes
        on
            configured.policy = changes.policy
            and configured.month_index = changes.month_index

)

select * from final
