-- Grain: one row per day from 2015-01-01 to the end of the calendar.
with months as (

    select * from {{ ref('int_calendar_months') }}
    where date_month >= cast('2015-01-01' as date)

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

final as (

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

)

select * from final
