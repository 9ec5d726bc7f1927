-- Grain: one row per customer, day on which terms of it end and signal of which something was known
-- before the decision.
{{ config(enabled=is_on('customer_health', ['health_system', 'renewals'])) }}
with decisions as (

    select * from {{ ref('int_renewal_decision_dates') }}

),

signals as (

    select * from {{ ref('int_renewal_health_signals') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        decisions.customer_id,
        decisions.term_end_date,
        signals.signal,
        signals.band,
        signals.measure_value,
        months.date_month as measured_month,
        decisions.known_by_date,
        decisions.decision,
        cast(decisions.up_for_renewal_arr as {{ type_money() }}) as up_for_renewal_arr,
        case
            when decisions.decision <> 'open'
                then cast(decisions.gross_renewed_arr as {{ type_money() }})
        end as gross_renewed_arr
    from decisions
    inner join signals
        on
            decisions.customer_id = signals.customer_id
            and decisions.term_end_date = signals.term_end_date
    left join months
        on signals.month_index = months.month_index

)

select * from final
