-- Grain: one row per policy, subscription line of a customer it affects, and sign: 1 as the policy
-- counts the line, -1 as it is configured, which is taken away.
-- long because both ways to count a line stand beside each other.
with affected as (

    select * from {{ ref('int_policy_customers_affected') }}

),

policies as (

    select
        policy,
        coalesce(grace_days, {{ renewal_grace_days() }}) as grace_days,
        coalesce(counts_trials, {{ counts_trials() }}) as counts_trials,
        coalesce(nets_discounts, true) as nets_discounts
    from {{ ref('ledger_policies') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null or {{ is_usable_trial() }}

),

-- the gaps that each policy bridges
gaps as (

    select
        policies.policy,
        found.*
    from {{ ref('int_service_gaps_found') }} as found
    inner join policies
        on found.counts_trials = policies.counts_trials
    where {{ is_bridged_gap(
        'found.gap_from_date', 'found.gap_until_date', 'policies.grace_days'
    ) }}

),

configured_lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

graced as (

    select
        affected.policy,
        lines.source_system,
        lines.line_id,
        lines.customer_id,
        lines.product_id,
        lines.start_date,
        {{ counted_until_date('lines', 'gaps') }} as counted_until_date,
        lines.arr
    from affected
    inner join policies
        on affected.policy = policies.policy
    inner join lines
        on affected.customer_id = lines.customer_id
    left join gaps
        on
            affected.policy = gaps.policy
            and lines.customer_key = gaps.customer_key
            and lines.product_family = gaps.product_family
            and lines.end_date = gaps.gap_from_date
    where
        (policies.counts_trials or lines.revenue_type <> 'trial')
        and (policies.nets_discounts or lines.arr_in_line_currency > 0)

),

months as (

    select
        *,
        greatest(
            {{ month_index('start_date') }}, {{ history_start_month_index() }}
        ) as from_month_index,
        {{ month_index('counted_until_date') }} as until_month_index
    from graced

),

final as (

    select
        policy,
        1 as sign,
        source_system,
        line_id,
        customer_id,
        product_id,
        from_month_index,
        until_month_index,
        arr
    from months
    where
        arr is not null
        and (until_month_index is null or until_month_index > from_month_index)

    union all

    select
        affected.policy,
        -1 as sign,
        configured_lines.source_system,
        configured_lines.line_id,
        configured_lines.customer_id,
        configured_lines.product_id,
        configured_lines.from_month_index,
        configured_lines.until_month_index,
        configured_lines.arr
    from affected
    inner join configured_lines
        on affected.customer_id = configured_lines.customer_id

)

select * from final
