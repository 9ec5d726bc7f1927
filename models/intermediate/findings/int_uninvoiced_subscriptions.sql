-- Grain: one row per subscription that carries ARR in the last published month and that no invoice
-- covers for longer than its billing interval and the grace days.
with lines as (

    select * from {{ ref('int_subscription_lines_counted') }}
    where {{ or_open('until_month_index') }} > {{ last_published_month_index() }}

),

canonical_lines as (

    select * from {{ ref('int_subscription_lines_unioned') }}

),

invoice_amounts as (

    select * from {{ ref('int_invoice_amounts_unioned') }}
    where is_charged

),

-- a system whose invoices never landed says nothing
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
final as (

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

)

select * from final
