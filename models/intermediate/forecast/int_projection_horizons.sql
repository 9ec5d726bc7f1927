-- Grain: one row per month from which retention is projected (origin) and number of months ahead.
{{ config(enabled=is_on('forecast')) }}
with calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

horizons as (
    {%- for months in range(1, 13) %}
    select {{ months }} as horizon_months
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- ahead from the last published month, and what would have been said of past ends of quarters
origins as (

    select
        {{ last_published_month_index() }} as origin_month_index,
        horizon_months,
        true as is_current
    from horizons

    union all

    select
        calendar_months.month_index - horizons.horizon_months as origin_month_index,
        horizons.horizon_months,
        false as is_current
    from calendar_months
    cross join horizons
    where
        mod(calendar_months.month_index, 3) = 0
        and horizons.horizon_months in (3, 6, 9)
        and calendar_months.is_published
        and calendar_months.month_index
        > {{ last_published_month_index() }} - 3 * {{ projection_backtest_quarters() }}

),

final as (

    select
        origins.origin_month_index,
        calendar_months.last_day_date as origin_date,
        -- what is known now, or was known then
        case
            when origins.is_current then {{ as_of_date() }} else calendar_months.last_day_date
        end as known_date,
        origins.horizon_months,
        origins.origin_month_index + origins.horizon_months as target_month_index,
        origins.origin_month_index + origins.horizon_months - 12 as base_month_index,
        origins.is_current
    from origins
    inner join calendar_months
        on origins.origin_month_index = calendar_months.month_index

)

select * from final
