-- Grain: one row per amount of an invoice and month: the months whose last day lies in its service
-- period, or the month in which the period starts if there is none.
-- long because the customer, the rate and the cents are settled before the months are
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
with amounts as (

    select * from {{ ref('int_invoice_amounts') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

customers as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

transfers as (

    select * from {{ ref('int_subscription_customers') }}
    where source_customer_id <> current_source_customer_id

),

rates as (

    select * from {{ ref('int_currency_rates') }}

),

converted_amounts as (

    select
        amounts.*,
        coalesce(
            customers.customer_id,
            transfers.current_source_customer_id,
            amounts.source_customer_id
        ) as customer_id,
        case
            when amounts.amount_in_currency <> 0
                then coalesce(
                        cast(
                            amounts.amount_in_currency * rates.rate_to_reporting_currency
                            as {{ type_money() }}
                        ),
                    {{ raise_error(
                        "'Invoice ' || amounts.invoice_id || ' is in ' || amounts.currency || ', which has no "
                        ~ fx_mode() | replace('_', ' ') ~ ": add one to fx_rates'"
                    ) }}
                    )
            else cast(amounts.amount_in_currency as {{ type_money() }})
        end as amount
    from amounts
    left join transfers
        on
            amounts.source_system = transfers.source_system
            and amounts.subscription_id = transfers.subscription_id
            and amounts.source_customer_id = transfers.source_customer_id
    left join customers
        on
            amounts.source_system = customers.source_system
            and coalesce(
                transfers.current_source_customer_id, amounts.source_customer_id
            ) = customers.source_customer_id
    left join rates
        on amounts.currency = rates.currency

),

-- a period without a month end is charged to the month in which it starts
touched_months as (

    select
        converted_amounts.*,
        months.month_index,
        case
            when months.last_day_date >= converted_amounts.service_start_date
                and months.last_day_date < converted_amounts.service_end_date
                then 1
            else 0
        end as is_month_end_served,
        max(
            case
                when months.last_day_date >= converted_amounts.service_start_date
                    and months.last_day_date < converted_amounts.service_end_date
                    then 1
                else 0
            end
        ) over (
            partition by converted_amounts.source_system, converted_amounts.invoice_amount_id
        ) as has_month_end
    from converted_amounts
    inner join months
        on
            months.month_index >= {{ month_index('converted_amounts.service_start_date') }}
            -- an amount without an end is served when it starts
            and months.month_index <= greatest(
                {{ month_index('converted_amounts.service_start_date') }},
                {{ month_index(
                    'coalesce(converted_amounts.service_end_date, converted_amounts.service_start_date)'
                ) }}
            )

),

numbered_months as (

    select
        *,
        row_number() over (
            partition by source_system, invoice_amount_id order by month_index
        ) as part,
        count(*) over (partition by source_system, invoice_amount_id) as parts
    from touched_months
    where
        is_month_end_served = 1
        or has_month_end = 0

),

final as (

    select
        source_system,
        invoice_amount_id,
        customer_id,
        subscription_id,
        amount_kind,
        is_charged,
        currency,
        service_start_date,
        month_index,
        -- the last part is what the others left, so that the parts sum to the amount
        cast(
            case
                when part = parts then amount
                else {{ rounded_share('amount', 'part', 'parts') }}
            end
            - {{ rounded_share('amount', 'part - 1', 'parts') }} as {{ type_money() }}
        ) as amount,
        cast(
            case
                when part = parts then amount_in_currency
                else {{ rounded_share('amount_in_currency', 'part', 'parts') }}
            end
            - {{ rounded_share('amount_in_currency', 'part - 1', 'parts') }} as {{ type_amount() }}
        ) as amount_in_currency
    from numbered_months

)

select * from final
