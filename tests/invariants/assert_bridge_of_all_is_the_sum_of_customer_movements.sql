-- Every column of the bridge of all customers is the sum of the movements of that type, month by
-- month; nothing else moves it.
with movements as (

    select
        date_month,
        movement_type,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_movements') }}
    group by date_month, movement_type

),

bridge as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}
    where segment_type = 'all'

),

legs as (
    {%- for movement_type in movement_types() %}

    select
        date_month,
        '{{ movement_type }}' as movement_type,
        {{ movement_type }}_arr as arr_change
    from bridge
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select
    coalesce(movements.date_month, legs.date_month) as date_month,
    coalesce(movements.movement_type, legs.movement_type) as movement_type,
    movements.arr_change as sum_of_customers,
    legs.arr_change as bridge_arr
from movements
full join legs
    on
        movements.date_month = legs.date_month
        and movements.movement_type = legs.movement_type
where coalesce(movements.arr_change, 0) is distinct from coalesce(legs.arr_change, 0)
