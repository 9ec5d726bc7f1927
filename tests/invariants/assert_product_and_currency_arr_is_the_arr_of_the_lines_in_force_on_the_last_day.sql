-- The spans of every customer, product and currency hold the ARR of the lines in force on the last
-- day of each month, on the account of their customer then. Under
-- month-end rates it is valued at the rate landed for that day.
{%- set holder = 'holders' if hierarchy_mode() == 'as_was' else 'lines' %}
with lines as (

    select * from {{ ref('int_arr_lines') }}

),

spans as (

    select * from {{ ref('int_arr_spans') }}

),
{%- if hierarchy_mode() == 'as_was' %}

holders as (

    select * from {{ ref('int_line_customer_spans') }}

),
{%- endif %}

months as (

    select * from {{ ref('int_calendar_months') }}
    where
        is_published
        and month_index >= {{ history_start_month_index() }}

),

in_force as (

    select
        {{ holder }}.customer_id,
        lines.product_id,
        lines.currency,
        months.date_month,
        {%- if fx_mode() == 'month_end_rate' %}
        case
            when lines.currency = '{{ reporting_currency() }}' then lines.arr_in_line_currency
            else {{ converted_amount(
                'lines.arr_in_line_currency', 'rates.rate_to_reporting_currency'
            ) }}
        end as arr
        {%- else %}
        lines.arr
        {%- endif %}
    from lines
    inner join months
        on
            lines.start_date <= months.last_day_date
            and (
                lines.counted_until_date > months.last_day_date
                or lines.counted_until_date is null
            )
    {%- if hierarchy_mode() == 'as_was' %}
    inner join holders
        on
            lines.source_system = holders.source_system
            and lines.line_id = holders.line_id
            and months.month_index >= holders.from_month_index
            and months.month_index < {{ or_open('holders.until_month_index') }}
    {%- endif %}
    {%- if fx_mode() == 'month_end_rate' %}
    left join {{ ref('stg_reference__fx_rates') }} as rates
        on
            lines.currency = rates.currency
            and months.last_day_date = rates.month_end_date
    {%- endif %}

),

spread as (

    select
        spans.customer_id,
        spans.product_id,
        spans.currency,
        months.date_month,
        spans.arr
    from spans
    inner join months
        on
            spans.from_month_index <= months.month_index
            and (spans.until_month_index > months.month_index or spans.until_month_index is null)

),

-- one sum of both: two sums and a join of them would cost twice as much
compared as (

    select
        customer_id,
        product_id,
        currency,
        date_month,
        arr as recomputed_arr,
        0 as span_arr
    from in_force

    union all

    select
        customer_id,
        product_id,
        currency,
        date_month,
        0 as recomputed_arr,
        arr as span_arr
    from spread

)

select
    customer_id,
    product_id,
    currency,
    date_month,
    sum(recomputed_arr) as recomputed_arr,
    sum(span_arr) as span_arr
from compared
group by customer_id, product_id, currency, date_month
having sum(recomputed_arr) <> sum(span_arr)
