-- Closing ARR of every customer and month is the ARR of the lines in force on its last day: start
-- <= last day < end, on the account of their customer then. Under
-- month-end rates it is valued at the rate landed for that day.
{%- set holder = 'holders' if hierarchy_mode() == 'as_was' else 'lines' %}
with lines as (

    select * from {{ ref('int_arr_lines') }}

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

recomputed as (

    select
        {{ holder }}.customer_id,
        months.date_month,
        {%- if fx_mode() == 'month_end_rate' %}
        sum(
            case
                when lines.currency = '{{ reporting_currency() }}' then lines.arr_in_line_currency
                else {{ converted_amount(
                    'lines.arr_in_line_currency', 'rates.rate_to_reporting_currency'
                ) }}
            end
        ) as arr
        {%- else %}
        sum(lines.arr) as arr
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
    group by {{ holder }}.customer_id, months.date_month

),

published as (

    select * from {{ ref('fct_customer_arr_monthly') }}

)

select
    coalesce(recomputed.customer_id, published.customer_id) as customer_id,
    coalesce(recomputed.date_month, published.date_month) as date_month,
    recomputed.arr as recomputed_arr,
    published.arr as published_arr
from recomputed
full join published
    on
        recomputed.customer_id = published.customer_id
        and recomputed.date_month = published.date_month
where
    coalesce(recomputed.arr, 0) <> coalesce(published.arr, 0)
