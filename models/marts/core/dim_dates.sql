-- Grain: one row per day.
with days as (

    select * from {{ ref('int_calendar_days') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

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
