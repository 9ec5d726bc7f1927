-- Grain: one row per closed month and subscription line that is no longer what was reported: other
-- ARR or another customer; with what is known of the line today and its loads.
-- long because the line, its customer, its rate and its deletion each have a load of their own
{{ config(enabled=is_on('restatements')) }}
with closed_months as (

    select * from {{ ref('int_closed_months') }}

),

closed_lines as (

    select * from {{ ref('stg_closings__lines') }}

),

line_spans as (

    select * from {{ ref(line_periods()) }}

),

lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}

),

loads as (

    select * from {{ ref('int_source_row_loads') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

reported as (

    select
        closed_months.month_index,
        closed_lines.*
    from closed_lines
    inner join closed_months
        on closed_lines.closed_month = closed_months.date_month

),

restated as (

    select
        closed_months.month_index,
        line_spans.source_system,
        line_spans.line_id,
        line_spans.customer_id,
        line_spans.product_id,
        line_spans.arr
    from line_spans
    inner join closed_months
        on
            line_spans.from_month_index <= closed_months.month_index
            and (
                line_spans.until_month_index is null
                or line_spans.until_month_index > closed_months.month_index
            )

),

compared as (

    select
        coalesce(reported.month_index, restated.month_index) as month_index,
        coalesce(reported.source_system, restated.source_system) as source_system,
        coalesce(reported.line_id, restated.line_id) as line_id,
        coalesce(restated.product_id, reported.product_id) as product_id,
        reported.customer_id as reported_customer_id,
        reported.arr as reported_arr,
        reported.currency as reported_currency,
        reported.arr_in_line_currency as reported_arr_in_line_currency,
        reported.start_date as reported_start_date,
        reported.end_date as reported_end_date,
        reported.is_in_grace as reported_is_in_grace,
        reported.load_id as reported_load_id,
        restated.customer_id as restated_customer_id,
        restated.arr as restated_arr
    from reported
    full join restated
        on
            reported.month_index = restated.month_index
            and reported.source_system = restated.source_system
            and reported.line_id = restated.line_id
    where
        coalesce(reported.arr, 0) <> coalesce(restated.arr, 0)
        or reported.customer_id <> restated.customer_id

),

first_closings as (

    select
        source_system,
        line_id,
        min({{ month_index('closed_month') }}) as first_closed_month_index
    from closed_lines
    group by source_system, line_id

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
        deleted_lines.load_id as deletion_load_id,
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
    left join loads as deleted_lines
        on
            compared.source_system = deleted_lines.source_system
            and compared.line_id = deleted_lines.source_row_id
            and deleted_lines.source_table = 'subscription_lines'
            and deleted_lines.is_deleted
    left join loads as customers
        on
            lines.source_system = customers.source_system
            and lines.source_customer_id = customers.source_row_id
            and customers.source_table = 'customers'
            and not customers.is_deleted
            -- a row that still names the reported customer changed nothing: accounts were merged
            and coalesce(customers.named_customer_id, '')
            <> coalesce(compared.reported_customer_id, 'none')
    left join loads as plan_rates
        on
            plan_rates.source_table = 'fx_rates'
            and not plan_rates.is_deleted
            and lines.currency = plan_rates.source_row_id
    left join loads as month_rates
        on
            month_rates.source_table = 'fx_rates'
            and not month_rates.is_deleted
            and lines.currency || '/' || cast(months.last_day_date as {{ dbt.type_string() }})
            = month_rates.source_row_id
            and '{{ fx_mode() }}' = 'month_end_rate'

)

select * from final
