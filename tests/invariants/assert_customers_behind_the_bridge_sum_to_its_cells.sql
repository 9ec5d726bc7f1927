-- The customers of every segment, month and movement type sum to that cell of the bridge, and no
-- cell is without its customers.
with customers as (

    select
        segment_type,
        segment_value,
        date_month,
        movement_type,
        sum(arr_change) as arr_change
    from {{ ref('fct_arr_bridge_movements') }}
    group by segment_type, segment_value, date_month, movement_type

),

cells as (
    {%- for movement_type in movement_types() %}

    select
        segment_type,
        segment_value,
        date_month,
        '{{ movement_type }}' as movement_type,
        {{ movement_type }}_arr as arr_change
    from {{ ref('rpt_arr_bridge_monthly') }}
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select
    coalesce(customers.segment_value, cells.segment_value) as segment_value,
    coalesce(customers.date_month, cells.date_month) as date_month,
    coalesce(customers.movement_type, cells.movement_type) as movement_type,
    customers.arr_change as sum_of_customers,
    cells.arr_change as bridge_arr
from customers
full join cells
    on
        customers.segment_type = cells.segment_type
        and customers.segment_value = cells.segment_value
        and customers.date_month = cells.date_month
        and customers.movement_type = cells.movement_type
where coalesce(customers.arr_change, 0) is distinct from coalesce(cells.arr_change, 0)
