-- Grain: one row per customer, month and measure of its health that is known. Where several records
-- are one customer, users and seats add up, and the lowest score and NPS speak for it.
with readings as (

    select
        *,
        row_number() over (
            partition by health_system, record_id, month_index
            order by health_date desc
        ) as newest_first
    from {{ ref('int_health_readings_identified') }}
    where customer_id is not null

),

summed as (

    select
        customer_id,
        month_index,
        sum(active_users) as active_users,
        sum(seats_used) as seats_used,
        min(nps) as nps,
        min(health_score) as health_score
    from readings
    where newest_first = 1
    group by customer_id, month_index

),

measures as (

    select
        customer_id,
        month_index,
        'score' as measure,
        cast(health_score as {{ type_double() }}) as measure_value
    from summed

    union all

    select
        customer_id,
        month_index,
        'adoption' as measure,
        {{ ratio('100 * active_users', 'seats_used') }} as measure_value
    from summed

    union all

    select
        customer_id,
        month_index,
        'nps' as measure,
        cast(nps as {{ type_double() }}) as measure_value
    from summed

),

final as (

    select
        customer_id,
        month_index,
        measure,
        measure_value,
        case
            {%- for measure, limits in health_bands().items() %}
            when measure = '{{ measure }}' and measure_value < {{ limits[0] }} then 'low'
            when measure = '{{ measure }}' and measure_value < {{ limits[1] }} then 'medium'
            {%- endfor %}
            else 'high'
        end as band
    from measures
    where measure_value is not null

)

select * from final
