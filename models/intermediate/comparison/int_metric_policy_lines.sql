-- Grain: one row per policy, subscription line of a customer it affects, and sign: 1 for a line as
-- the policy counts it, -1 for a line as configured, which is subtracted.
-- long because a policy first finds the customers it affects and then counts their lines again
{{ config(enabled=is_on('comparison')) }}
with stated_policies as (

    select * from {{ ref('ledger_policies') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null or {{ is_usable_trial() }}

),

counted_lines as (

    select * from {{ ref('int_arr_lines') }}

),

policies as (

    select
        policy,
        coalesce(grace_days, {{ renewal_grace_days() }}) as grace_days,
        coalesce(counts_trials, {{ counts_trials() }}) as counts_trials,
        coalesce(nets_discounts, true) as nets_discounts
    from stated_policies

),

configured_gaps as (

    select * from {{ ref('int_service_gaps') }}
    where counts_trials = {{ counts_trials() }}

),

trial_lines as (

    select customer_key
    from {{ ref('int_subscription_lines_annualized') }}
    where
        revenue_type = 'trial'
        and arr_in_line_currency <> 0
        and (exclusion_reason is null or {{ is_usable_trial() }})

),

customers as (

    select
        customer_key,
        min(arr) < 0 as has_discounts,
        min(product_key) < max(product_key) as has_products
    from {{ ref('int_arr_lines') }}
    group by customer_key

),

-- customers whose lines or cap differ from what is configured; others have no rows
affected as (

    select
        policies.policy,
        gaps.customer_key
    from stated_policies as policies
    inner join configured_gaps as gaps
        on
            {{ is_bridged_gap(
                'gaps.gap_from_date', 'gaps.gap_until_date', 'policies.grace_days'
            ) }}
            <> {{ is_bridged_gap(
                'gaps.gap_from_date', 'gaps.gap_until_date', renewal_grace_days()
            ) }}
    where policies.grace_days is not null

    union distinct

    select
        policies.policy,
        trial_lines.customer_key
    from stated_policies as policies
    cross join trial_lines
    where policies.counts_trials <> {{ counts_trials() }}

    union distinct

    select
        policies.policy,
        customers.customer_key
    from stated_policies as policies
    inner join customers
        on
            (not policies.nets_discounts and customers.has_discounts)
            or (policies.caps_per_product and customers.has_products)

),

-- the gaps that each policy bridges
gaps as (

    select
        policies.policy,
        found.*
    from {{ ref('int_service_gaps') }} as found
    inner join policies
        on found.counts_trials = policies.counts_trials
    where {{ is_bridged_gap(
        'found.gap_from_date', 'found.gap_until_date', 'policies.grace_days'
    ) }}

),

graced as (

    select
        affected.policy,
        lines.source_system,
        lines.line_id,
        lines.customer_key,
        lines.product_key,
        lines.start_date,
        {{ counted_until_date('lines', 'gaps') }} as counted_until_date,
        lines.arr
    from affected
    inner join policies
        on affected.policy = policies.policy
    inner join lines
        on affected.customer_key = lines.customer_key
    left join gaps
        on
            affected.policy = gaps.policy
            and lines.customer_key = gaps.customer_key
            and lines.product_family_key = gaps.product_family_key
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
        customer_key,
        product_key,
        from_month_index,
        until_month_index,
        arr
    from months
    where arr is not null and (until_month_index is null or until_month_index > from_month_index)

    union all

    select
        affected.policy,
        -1 as sign,
        counted_lines.source_system,
        counted_lines.line_id,
        counted_lines.customer_key,
        counted_lines.product_key,
        counted_lines.from_month_index,
        counted_lines.until_month_index,
        counted_lines.arr
    from affected
    inner join counted_lines
        on affected.customer_key = counted_lines.customer_key

)

select * from final
