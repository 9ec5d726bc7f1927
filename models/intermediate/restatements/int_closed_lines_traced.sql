-- Grain: one row per closed month and subscription line that is no longer what was reported, with
-- what is known of the line today and of the loads behind it.
-- long because the line, its customer, its rate and its absence each have a load of their own
with compared as (

    select * from {{ ref('int_closed_lines_compared') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}

),

closed_lines as (

    select * from {{ ref('stg_closings__lines') }}

),

loads as (

    select * from {{ ref('int_source_loads_unioned') }}

),

first_closings as (

    select
        source_system,
        line_id,
        min({{ month_index('closed_month') }}) as first_closed_month_index
    from closed_lines
    group by source_system, line_id

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        compared.month_index,
        compared.source_system,
        compared.line_id,
        compared.product_id,
        compared.reported_customer_id,
        compared.reported_arr,
        compared.reported_currency,
        compared.reported_arr_in_line_currency,
        compared.reported_start_date,
        compared.reported_end_date,
        compared.reported_is_in_grace,
        compared.reported_load_id,
        compared.restated_customer_id,
        compared.restated_arr,
        months.date_month,
        months.last_day_date,
        lines.line_id is not null as is_known,
        coalesce(first_closings.first_closed_month_index <= compared.month_index, false)
            as was_closed_before,
        lines.exclusion_reason,
        lines.currency as known_currency,
        lines.arr_in_line_currency as known_arr_in_line_currency,
        lines.start_date as known_start_date,
        lines.end_date as known_end_date,
        lines.load_id as known_load_id,
        gone_lines.load_id as gone_load_id,
        customers.load_id as customer_load_id,
        coalesce(month_rates.load_id, plan_rates.load_id) as rate_load_id
    from compared
    inner join months
        on compared.month_index = months.month_index
    left join lines
        on
            compared.source_system = lines.source_system
            and compared.line_id = lines.line_id
    left join first_closings
        on
            compared.source_system = first_closings.source_system
            and compared.line_id = first_closings.line_id
    left join loads as gone_lines
        on
            compared.source_system = gone_lines.source_system
            and compared.line_id = gone_lines.source_row_id
            and gone_lines.source_table = 'subscription_lines'
            and gone_lines.is_gone
    left join loads as customers
        on
            lines.source_system = customers.source_system
            and lines.source_customer_id = customers.source_row_id
            and customers.source_table = 'customers'
            and not customers.is_gone
    left join loads as plan_rates
        on
            plan_rates.source_table = 'fx_rates'
            and not plan_rates.is_gone
            and lines.currency = plan_rates.source_row_id
    left join loads as month_rates
        on
            month_rates.source_table = 'fx_rates'
            and not month_rates.is_gone
            and lines.currency || '/' || cast(months.last_day_date as {{ dbt.type_string() }})
            = month_rates.source_row_id
            and '{{ fx_mode() }}' = 'month_end_rate'

)

select * from final
