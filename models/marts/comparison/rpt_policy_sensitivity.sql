-- Grain: one row per published month and policy: the same book counted by another policy.
-- long because the configured sums, the changes of a policy and their rates meet here
{{ config(enabled=is_on('comparison')) }}
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
    from {{ ref('int_arr_movements_by_segment') }}
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

-- ARR a policy counts before the ledger begins enters with the first month
policy_changes as (

    select
        changes.policy,
        {%- for measure in measures %}
        sum(changes.{{ measure }}_change) as {{ measure }}_change,
        {%- endfor %}
        greatest(changes.month_index, first_month.month_index) as month_index
    from {{ ref('int_metric_policy_changes') }} as changes
    cross join first_month
    group by
        changes.policy,
        greatest(changes.month_index, first_month.month_index)

),

configured_sums as (

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

policy_sums as (

    select
        configured_sums.date_month,
        {%- for measure in measures %}
        cast(configured_sums.{{ measure }} + sum(
            coalesce(policy_changes.{{ measure }}_change, 0)
        ) over (
            partition by configured_sums.policy order by configured_sums.month_index
            rows between unbounded preceding and current row
        ) as {{ 'bigint' if measure == 'base_customers' else type_money() }}) as {{ measure }},
        {%- endfor %}
        configured_sums.policy
    from configured_sums
    left join policy_changes
        on
            configured_sums.policy = policy_changes.policy
            and configured_sums.month_index = policy_changes.month_index

),

rates as (

    select
        *,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('gross_arr', 'base_arr') }} as grr
    from policy_sums

),

configured as (

    select * from rates
    where policy = 'as_configured'

),

final as (

    select
        rates.date_month,
        policies.policy_group,
        rates.policy,
        policies.position,
        policies.description,
        rates.ending_arr,
        rates.base_arr,
        rates.base_customers,
        rates.net_arr as net_retained_arr,
        rates.gross_arr as gross_retained_arr,
        rates.ndr,
        rates.grr
        {%- for measure, published in {
            'ending_arr': 'ending_arr',
            'base_arr': 'base_arr',
            'net_arr': 'net_retained_arr',
            'gross_arr': 'gross_retained_arr',
        }.items() %},
        cast(
            rates.{{ measure }} - configured.{{ measure }} as {{ type_money() }}
        ) as {{ published }}_difference
        {%- endfor %},
        100 * (rates.ndr - configured.ndr) as ndr_points_difference,
        100 * (rates.grr - configured.grr) as grr_points_difference,
        coalesce(rates.base_customers, 0) < {{ min_base_logos() }} as is_low_base
    from rates
    inner join policies
        on rates.policy = policies.policy
    inner join configured
        on rates.date_month = configured.date_month

)

select * from final
