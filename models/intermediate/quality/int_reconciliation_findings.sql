-- Grain: one row per finding in the invoices or the own MRR of a billing system: invoices that
-- stopped, and differences without a reason.
-- long because every kind of finding is a branch of its own
{{ config(enabled=is_on('quality', ['reconciliation', 'invoices'])) }}
with lines as (

    select * from {{ ref('int_arr_lines') }}
    where {{ or_open('until_month_index') }} > {{ last_published_month_index() }}

),

canonical_lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}

),

invoice_amounts as (

    select * from {{ ref('int_invoice_amounts') }}
    where is_charged

),

-- a system without invoices in the extracts is left out
invoiced_systems as (

    select distinct source_system
    from invoice_amounts

),

invoiced_subscriptions as (

    select
        source_system,
        subscription_id,
        max(service_end_date) as invoiced_until_date
    from invoice_amounts
    where amount_kind in ('recurring', 'proration', 'usage')
    group by source_system, subscription_id

),

subscriptions as (

    select
        lines.source_system,
        lines.subscription_id,
        min(lines.customer_id) as customer_id,
        min(lines.start_date) as start_date,
        max(
            cast(
                {{ whole_division(
                    '366 * canonical_lines.periods_per_year_denominator',
                    'canonical_lines.periods_per_year_numerator'
                ) }} as integer
            )
        ) as days_in_period,
        cast(sum(lines.arr) as {{ type_money() }}) as arr
    from lines
    inner join invoiced_systems
        on lines.source_system = invoiced_systems.source_system
    inner join canonical_lines
        on
            lines.source_system = canonical_lines.source_system
            and lines.line_id = canonical_lines.line_id
    group by lines.source_system, lines.subscription_id
    having sum(lines.arr) > 0

),

-- never invoiced: the first invoice was due when the first period began
uninvoiced_subscriptions as (

    select
        subscriptions.source_system,
        subscriptions.subscription_id,
        subscriptions.customer_id,
        coalesce(
            invoiced.invoiced_until_date, subscriptions.start_date
        ) as invoiced_until_date,
        subscriptions.arr
    from subscriptions
    left join invoiced_subscriptions as invoiced
        on
            subscriptions.source_system = invoiced.source_system
            and subscriptions.subscription_id = invoiced.subscription_id
    where
        {{ days_between(
            'coalesce(invoiced.invoiced_until_date, subscriptions.start_date)', as_of_date()
        ) }} > {{ renewal_grace_days() }} + case
            when invoiced.subscription_id is null then subscriptions.days_in_period else 0
        end

),

-- a difference that lasts is reported once, with its newest month
invoice_differences as (

    select
        *,
        row_number() over (
            partition by source_system, subscription_id, customer_id, currency
            order by month_index desc
        ) as newest_first
    from {{ ref('int_invoice_differences') }}
    where reason_class = 'unexplained'

),

vendor_differences as (

    select
        *,
        row_number() over (
            partition by source_system, subscription_item_id, customer_id, currency
            order by from_month_index desc
        ) as newest_first
    from {{ ref('int_vendor_mrr_differences') }}
    where reason_class = 'unexplained'

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

)

select * from final
