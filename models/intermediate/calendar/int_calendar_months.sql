-- Grain: one row per month from January 1990 to the December five years after as_of_date.
{%- set last_year = as_of().year + 5 %}
with months as (

    select
        literals.month_index,
        literals.date_month,
        literals.last_day_date
    from (
        values
        {%- for year in range(1990, last_year + 1) %}
        {%- for month in range(1, 13) %}
        {%- set prefix = '%d-%02d-' | format(year, month) %}
        (
            {{ year * 12 + month }},
            '{{ prefix }}01',
            '{{ prefix }}{{ days_in_month(year, month) }}'
        ){{ '' if loop.last and year == last_year else ',' }}
        {%- endfor %}
        {%- endfor %}
    ) as literals (month_index, date_month, last_day_date)

),

final as (

    select
        cast(month_index as integer) as month_index,
        cast(date_month as date) as date_month,
        cast(last_day_date as date) as last_day_date,
        month_index <= {{ last_published_month_index() }} as is_published
    from months

)

select * from final
