-- Grain: one row per policy and customer whose lines or cap differ from what is configured; nobody
-- else is worked out again.
with policies as (

    select * from {{ ref('ledger_policies') }}

),

gaps as (

    select * from {{ ref('int_service_gaps_found') }}
    where counts_trials = {{ counts_trials() }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}

),

counted_lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

trial_lines as (

    select customer_id
    from lines
    where
        revenue_type = 'trial'
        and arr_in_line_currency <> 0
        and (exclusion_reason is null or {{ is_usable_trial() }})

),

customers as (

    select
        customer_id,
        min(arr) < 0 as has_discounts,
        min(product_id) < max(product_id) as has_products
    from counted_lines
    group by customer_id

),

final as (

    select
        policies.policy,
        accounts.account_id as customer_id
    from policies
    inner join gaps
        on
            {{ is_bridged_gap(
                'gaps.gap_from_date', 'gaps.gap_until_date', 'policies.grace_days'
            ) }}
            <> {{ is_bridged_gap(
                'gaps.gap_from_date', 'gaps.gap_until_date', renewal_grace_days()
            ) }}
    inner join accounts
        on gaps.customer_key = accounts.account_key
    where policies.grace_days is not null

    union distinct

    select
        policies.policy,
        trial_lines.customer_id
    from policies
    cross join trial_lines
    where policies.counts_trials <> {{ counts_trials() }}

    union distinct

    select
        policies.policy,
        customers.customer_id
    from policies
    inner join customers
        on
            (not policies.nets_discounts and customers.has_discounts)
            or (policies.caps_per_product and customers.has_products)

)

select * from final
