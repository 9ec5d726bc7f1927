-- Grain: one row per finding in what a billing system says of itself: its rows, its invoices, its
-- own MRR.
-- long because every kind of finding is a branch of its own
with normalized_lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),
{%- if 'stripe' in billing_systems() %}

stripe_findings as (

    select * from {{ ref('int_stripe_findings') }}

),
{%- endif %}

uninvoiced_subscriptions as (

    select * from {{ ref('int_uninvoiced_subscriptions') }}

),

-- of a difference that lasts, the newest month stands for it
invoice_differences as (

    select
        *,
        row_number() over (
            partition by source_system, subscription_id, customer_id, currency
            order by month_index desc
        ) as newest_first
    from {{ ref('int_invoice_differences_explained') }}
    where reason_class = 'unexplained'

),

vendor_differences as (

    select
        *,
        row_number() over (
            partition by source_system, subscription_item_id, customer_id, currency
            order by from_month_index desc
        ) as newest_first
    from {{ ref('int_vendor_differences_explained') }}
    where reason_class = 'unexplained'

),

-- what a subscription carries in the last published month
subscriptions as (

    select
        normalized_lines.source_system,
        normalized_lines.subscription_id,
        min(normalized_lines.customer_id) as customer_id,
        cast(
            sum(
                case
                    when
                        {{ or_open('lines.until_month_index') }}
                        > {{ last_published_month_index() }}
                        then coalesce(lines.arr, 0)
                    else 0
                end
            ) as {{ type_money() }}
        ) as arr
    from normalized_lines
    left join lines
        on
            normalized_lines.source_system = lines.source_system
            and normalized_lines.line_id = lines.line_id
    group by normalized_lines.source_system, normalized_lines.subscription_id

),

final as (

    select
        'invoices_stopped' as finding_type,
        source_system,
        customer_id,
        subscription_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ month_index('invoiced_until_date') }} as month_index,
        arr
    from uninvoiced_subscriptions

    union all

    select
        'unexplained_invoice_difference' as finding_type,
        source_system,
        customer_id,
        subscription_id as subject_id,
        currency as related_subject_id,
        month_index,
        cast(12 * difference_amount as {{ type_money() }}) as arr
    from invoice_differences
    where newest_first = 1

    union all

    select
        'unexplained_vendor_difference' as finding_type,
        source_system,
        customer_id,
        subscription_item_id as subject_id,
        currency as related_subject_id,
        from_month_index as month_index,
        cast(12 * difference_mrr as {{ type_money() }}) as arr
    from vendor_differences
    where newest_first = 1
    {%- if 'stripe' in billing_systems() %}

    union all

    -- a discount of a customer is on all its subscriptions
    select
        stripe_findings.finding_type,
        subscriptions.source_system,
        subscriptions.customer_id,
        stripe_findings.subject_id,
        stripe_findings.related_subject_id,
        {{ month_index('min(stripe_findings.found_date)') }} as month_index,
        cast(sum(subscriptions.arr) as {{ type_money() }}) as arr
    from stripe_findings
    inner join subscriptions
        on
            stripe_findings.subscription_id = subscriptions.subscription_id
            and subscriptions.source_system = 'stripe'
    group by
        stripe_findings.finding_type,
        subscriptions.source_system,
        subscriptions.customer_id,
        stripe_findings.subject_id,
        stripe_findings.related_subject_id
    {%- endif %}

)

select * from final
