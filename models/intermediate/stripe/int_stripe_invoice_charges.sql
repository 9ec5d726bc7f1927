-- Grain: one row per invoice, subscription item, price and service period charged or credited: the
-- invoice lines of one item and period (tiers, flat fees) are one charge.
-- long because a line of nothing has no sign, and a part of a period says what a whole one costs
{{ config(enabled='stripe' in billing_systems()) }}
{%- set period = 'period_started_at, period_ended_at' %}
{%- set change = 'invoice_id, subscription_item_id, price_id, is_proration, ' ~ period %}
{%- set months = month_index('service_end_date') ~ ' - ' ~ month_index('service_start_date') %}
{%- set term_start %}coalesce(
            max(case when is_whole_period then service_start_date end) over (
                partition by subscription_id, service_end_date, period_months
            ),
            {{ add_months('service_end_date', '-period_months') }}
        ){% endset %}
with lines as (

    -- a void invoice says nothing, and neither does a correction of no time or a line without one
    select * from {{ ref('int_stripe_invoice_lines') }}
    where
        subscription_item_id is not null
        and (coalesce(line_type, 'subscription') = 'subscription' or is_proration)
        and not is_void
        and (period_started_at < period_ended_at or not is_proration)
        and period_started_at <= period_ended_at

),

compared_lines as (

    select
        *,
        max(case when amount_minor > 0 then quantity else 0 end) over (partition by {{ change }})
        - max(case when amount_minor < 0 then quantity else 0 end) over (partition by {{ change }})
            as added_quantity,
        sum(amount_minor) over (partition by {{ change }}) as balance_minor,
        row_number() over (
            partition by {{ change }}, amount_minor = 0
            order by quantity desc nulls last, invoice_line_item_id asc
        ) as free_line_number,
        sum(case when amount_minor = 0 and quantity > 0 then 1 else 0 end) over (
            partition by {{ change }}
        ) as free_lines
    from lines

),

-- a free tier is credited and charged at nothing: which of both it is its neighbours say
signed_lines as (

    select
        *,
        is_proration and case
            when is_priced_by_unit or amount_minor <> 0 or coalesce(quantity, 0) = 0
                then amount_minor < 0
            -- by volume a quantity is in one tier, so the free one stands on the other side
            when free_lines = 1 and is_priced_by_volume and added_quantity <> 0
                then added_quantity > 0
            when free_lines = 1 then balance_minor < 0
            -- the more units a side has, the fuller is its free tier
            when added_quantity < 0 or (added_quantity = 0 and balance_minor < 0)
                then mod(free_line_number, 2) = 1
            else mod(free_line_number, 2) = 0
        end as is_credit
    from compared_lines

),

charges as (

    select
        min(invoice_line_item_id) as charge_id,
        invoice_id,
        subscription_item_id,
        min(subscription_id) as subscription_id,
        price_id,
        -- seats are the sum of the lines; a flat fee beside them has none
        cast(coalesce(sum(quantity), 1) as bigint) as quantity,
        max(currency) as currency,
        is_proration,
        is_credit,
        count(*) as line_count,
        {{ period }},
        service_start_date,
        service_end_date,
        max(synced_at) as synced_at,
        max(period_months) as price_months,
        -- usage is not contracted
        sum(case when amount_kind = 'usage' then 0 else amount_minor end) as amount_minor,
        sum(case when amount_kind = 'usage' then 0 else net_amount_minor end) as net_amount_minor,
        sum(deductible_amount_minor) as deductible_amount_minor,
        max(invoiced_at) as invoiced_at,
        max(case when is_charged then 1 else 0 end) = 1 as is_charged,
        max(case when is_cut_off then 1 else 0 end) = 1 as is_cut_off,
        max(invoice_subtotal_minor) as invoice_subtotal_minor,
        max(invoice_deduction_minor) as invoice_deduction_minor
    from signed_lines
    group by
        invoice_id,
        subscription_item_id,
        price_id,
        is_proration,
        is_credit,
        {{ period }},
        service_start_date,
        service_end_date,
        -- two changes of one instant stay apart; the parts of a tiered price belong together
        case when is_proration and is_priced_by_unit then invoice_line_item_id end

),

periods as (

    select
        *,
        -- a day of tolerance for the hour in which clocks change, and three for short months
        not is_proration
        and {{ add_months('service_start_date', 'coalesce(price_months, 0)') }}
        <= {{ add_days('service_end_date', 1) }}
        and (
            price_months is null
            or {{ add_months('service_start_date', 'price_months') }}
            >= {{ add_days('service_end_date', -4) }}
        ) as is_whole_period,
        coalesce(
            price_months,
            case
                when
                    not is_proration
                    -- what is charged afterwards is usage
                    and coalesce(service_end_date > {{ reporting_date('invoiced_at') }}, true)
                    and {{ add_months('service_start_date', months) }} = service_end_date
                    then nullif({{ months }}, 0)
            end
        ) as charged_months
    from charges

),

-- a price that never landed has the period it is charged for, else that of the item
measured_periods as (

    select
        *,
        coalesce(
            charged_months,
            max(charged_months) over (partition by subscription_item_id, price_id),
            max(charged_months) over (partition by subscription_item_id, service_end_date)
        ) as period_months,
        {{ seconds_between('period_started_at', 'period_ended_at') }} as charged_seconds
    from periods

),

terms as (

    select
        *,
        86400 * cast({{ days_between(term_start, 'service_end_date') }} as bigint) as term_seconds
    from measured_periods

),

final as (

    select
        charge_id,
        invoice_id,
        subscription_item_id,
        subscription_id,
        price_id,
        quantity,
        currency,
        is_proration,
        is_credit,
        period_started_at,
        period_ended_at,
        service_start_date as start_date,
        service_end_date as end_date,
        is_whole_period,
        period_months,
        synced_at,
        cast(amount_minor as numeric(24, 6)) as amount_minor,
        cast(net_amount_minor as numeric(24, 6)) as net_amount_minor,
        cast(deductible_amount_minor as numeric(24, 6)) as deductible_amount_minor,
        cast(case
            when is_whole_period then amount_minor
            when charged_seconds between 1 and term_seconds
                then {{ spread_back(
                    'amount_minor', 'term_seconds', 'charged_seconds', 'line_count * term_seconds'
                ) }}
        end as numeric(24, 6)) as term_amount_minor,
        invoiced_at,
        is_charged,
        is_cut_off,
        invoice_subtotal_minor,
        invoice_deduction_minor
    from terms

)

select * from final
