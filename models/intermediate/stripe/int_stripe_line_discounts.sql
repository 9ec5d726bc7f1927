-- Grain: one row per line period of a discounted subscription of Stripe and discount in force,
-- with what it takes off one billing period; one row without a discount if none is.
-- long because discounts are ranked over a subscription and applied one after another
{{ config(enabled='stripe' in billing_systems()) }}
{#- the stack is followed step by step, without recursion; a discount beyond it is a finding #}
{%- set taken_back = or_open_date('discounts.taken_back_date') %}
{#- what corrections cost before their discounts, where they are charged less these #}
{%- set listed %}case
            when correction_amount_minor > 0 and correction_term_amount_minor > 0
                and lines.gross_amount_minor > 0
                then {{ spread_amount(
                    'lines.gross_amount_minor', 'correction_amount_minor', 'correction_term_amount_minor'
                ) }}
        end{% endset %}
with lines as (

    select * from {{ ref('int_stripe_item_lines') }}
    where unusable_reason is null and charge_type = 'recurring'

),

periods as (

    select
        invoiced_periods.*,
        lines.gross_amount_minor,
        lines.gross_amount_minor as left_0,
        {{ listed }} as listed_minor
    from {{ ref('int_stripe_discounted_line_periods') }} as invoiced_periods
    inner join lines
        on invoiced_periods.line_key = lines.line_key

),

-- in force on the day on which the period was billed; else in the billing periods that it reaches
in_force as (

    select
        periods.line_key,
        periods.subscription_id,
        periods.start_date,
        periods.billed_date,
        discounts.discount_id,
        discounts.stack_level,
        discounts.stack_level > 1 as is_shared,
        discounts.discount_start_date,
        discounts.is_amount_known,
        discounts.percent_off,
        discounts.amount_off_minor,
        discounts.invoices_per_million_years,
        max(discounts.invoices_per_million_years) over (
            partition by
                periods.subscription_id, periods.start_date,
                periods.correction_invoice_id, discounts.discount_id
        ) as most_invoices_per_million_years,
        max(case when discounts.stack_level = 2 then {{ taken_back }} end) over (
            partition by periods.subscription_id, periods.start_date
        ) as own_until_date
    from periods
    inner join {{ ref('int_stripe_discount_periods') }} as discounts
        on
            periods.subscription_item_id = discounts.subscription_item_id
            and periods.version_start_date = discounts.version_start_date
            and (
                (
                    periods.billed_date >= coalesce(discounts.given_date, periods.billed_date)
                    and periods.billed_date < {{ taken_back }}
                )
                or (
                    periods.billed_date is null
                    and periods.start_date >= coalesce(discounts.start_date, periods.start_date)
                    and periods.start_date < {{ or_open_date('discounts.end_date') }}
                )
            )

),

-- an amount is taken off what is invoiced most often; discounts of one item come first, those of
-- the subscription are ranked once for all its items
ranked_in_level as (

    select
        *,
        row_number() over (
            partition by line_key, start_date
            order by stack_level, discount_start_date nulls last, discount_id
        ) as item_rank,
        dense_rank() over (
            partition by subscription_id, start_date, is_shared
            order by stack_level, discount_start_date nulls last, discount_id
        ) as shared_rank
    from in_force
    where
        -- a subscription inherits those of its customer only while it has none
        (stack_level < 3 or own_until_date is null or own_until_date <= billed_date)
        and (
            percent_off is not null
            or not is_amount_known
            or invoices_per_million_years = most_invoices_per_million_years
        )

),

ranked_discounts as (

    select
        *,
        case
            when not is_shared then item_rank
            else
                shared_rank + coalesce(
                    max(case when not is_shared then item_rank end) over (
                        partition by subscription_id, start_date
                    ), 0
                )
        end as stack_place
    from ranked_in_level

),
{%- for place in range(1, most_stacked_discounts() + 1) %}
{%- set left = 'before.left_' ~ (place - 1) %}
{#- nothing comes off a negative item #}
{%- set reach = 'greatest(' ~ left ~ ', cast(0 as numeric(24, 6)))' %}
{#- what an invoice of corrections alone charges for has an amount of its own #}
{%- set items %}partition by
            before.subscription_id, before.start_date, discounts.discount_id,
            before.correction_invoice_id{% endset %}
{%- set total = 'cast(sum(' ~ reach ~ ') over (' ~ items ~ ') as numeric(24, 6))' %}
{%- set running %}cast(sum({{ reach }}) over (
        {{ items }} order by before.subscription_item_id
        rows between unbounded preceding and current row
    ) as numeric(24, 6)){% endset %}
{%- set taken = 'least(cast(discounts.amount_off_minor as numeric(24, 6)), ' ~ total ~ ')' %}

remaining_{{ place }} as (

    select
        before.*,
        cast({{ left }} - case
            when discounts.percent_off is not null
                then least(round({{ reach }} * discounts.percent_off * 0.01, 0), {{ reach }})
            when discounts.amount_off_minor is not null and {{ total }} > 0
                then
                    -- cumulative rounding: the parts sum to the whole
                    least(
                        {{ spread_amount(taken, running, total) }}
                        - {{ spread_amount(taken, running ~ ' - ' ~ reach, total) }},
                        {{ reach }}
                    )
            else 0
        end as numeric(24, 6)) as left_{{ place }}
    from {{ 'periods' if place == 1 else 'remaining_' ~ (place - 1) }} as before
    left join ranked_discounts as discounts
        on
            before.line_key = discounts.line_key
            and before.start_date = discounts.start_date
            and discounts.stack_place = {{ place }}
            and discounts.is_amount_known

),
{%- endfor %}

final as (

    select
        remaining.line_key,
        remaining.subscription_item_id,
        remaining.subscription_id,
        remaining.gross_amount_minor,
        remaining.start_date,
        remaining.charge_id,
        remaining.invoice_id,
        remaining.billed_date,
        coalesce(remaining.listed_minor, remaining.item_amount_minor) as item_amount_minor,
        coalesce(remaining.listed_minor, remaining.item_charges_minor) as item_charges_minor,
        -- a minor unit is rounding
        nullif(greatest(remaining.listed_minor - remaining.correction_amount_minor, 1), 1)
            as deducted_before_minor,
        remaining.invoice_subtotal_minor,
        remaining.invoice_deduction_minor,
        discounts.discount_id,
        discounts.is_amount_known,
        discounts.percent_off,
        discounts.amount_off_minor,
        discounts.stack_place,
        cast(case discounts.stack_place
            {%- for place in range(1, most_stacked_discounts() + 1) %}
            when {{ place }} then remaining.left_{{ place - 1 }} - remaining.left_{{ place }}
            {%- endfor %}
            else 0
        end as numeric(24, 6)) as discount_amount_minor
    from remaining_{{ most_stacked_discounts() }} as remaining
    left join ranked_discounts as discounts
        on
            remaining.line_key = discounts.line_key
            and remaining.start_date = discounts.start_date

)

select * from final
