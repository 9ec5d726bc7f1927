-- Grain: one row per day from 2015-01-01 to the end of the calendar.
with months as (

    select * from {{ ref('int_calendar_months') }}

),

days_of_month as (

    select literals.day_of_month
    from (
        values
        {%- for day in range(1, 32) %}
        ({{ day }}){{ '' if loop.last else ',' }}
        {%- endfor %}
    ) as literals (day_of_month)

),

days as (

    select
        {{ add_days('months.date_month', '(days_of_month.day_of_month - 1)') }} as date_day,
        months.month_index,
        months.date_month,
        cast(days_of_month.day_of_month as integer) as day_of_month,
        days_of_month.day_of_month = extract(day from months.last_day_date) as is_month_end,
        months.is_published
    from months
    inner join days_of_month
        on extract(day from months.last_day_date) >= days_of_month.day_of_month
    where months.date_month >= cast('2015-01-01' as date)

),

final as (

    select
        days.date_day,
        days.date_month,
        quarter_starts.date_month as date_quarter,
        year_starts.date_month as date_year,
        days.month_index,
        cast(extract(year from days.date_day) as integer) as calendar_year,
        cast(extract(month from days.date_day) as integer) as month_of_year,
        days.day_of_month,
        days.is_month_end,
        days.is_published
    from days
    inner join months as quarter_starts
        on days.month_index - mod(days.month_index - 1, 3) = quarter_starts.month_index
    inner join months as year_starts
        on days.month_index - mod(days.month_index - 1, 12) = year_starts.month_index

)

select * from final
