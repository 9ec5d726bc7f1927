-- In every currency and month beginning + movements = ending, beginning is the ending of the month
-- before, ending is what the lines in force on the last day hold at the rate that stands, and the
-- currencies sum to the bridge of all customers, movement by movement.
with bridge as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_arr_bridge_by_currency_monthly') }}

),

compared as (

    select
        *,
        coalesce(lag(ending_arr) over (partition by currency order by month_index), 0)
            as ending_arr_before,
        beginning_arr
        {%- for movement_type in movement_types() %}
        + {{ movement_type }}_arr
        {%- endfor %} as beginning_and_movements
    from bridge

),

held as (

    select
        bridge.currency,
        bridge.month_index,
        sum(holdings.arr_in_line_currency) as arr_in_currency
    from bridge
    inner join {{ ref(arr_lines()) }} as holdings
        on
            bridge.currency = holdings.currency
            and bridge.month_index >= holdings.from_month_index
            and bridge.month_index < {{ or_open('holdings.until_month_index') }}
    group by bridge.currency, bridge.month_index

),

summed as (

    select
        date_month,
        {%- for movement_type in movement_types() %}
        sum({{ movement_type }}_arr) as {{ movement_type }}_arr,
        {%- endfor %}
        sum(ending_arr) as ending_arr
    from bridge
    group by date_month

),

totals as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}
    where segment_type = 'all'

)

select
    compared.currency,
    compared.date_month,
    'does not close' as problem
from compared
left join held
    on
        compared.currency = held.currency
        and compared.month_index = held.month_index
where
    compared.beginning_arr <> compared.ending_arr_before
    or compared.beginning_and_movements <> compared.ending_arr
    or compared.ending_arr_in_currency <> coalesce(held.arr_in_currency, 0)
    or (
        compared.currency = '{{ reporting_currency() }}'
        and (compared.fx_arr <> 0 or compared.ending_arr <> compared.ending_arr_in_currency)
    )

union all

select
    'all' as currency,
    totals.date_month,
    'is not the sum of currencies' as problem
from totals
left join summed
    on totals.date_month = summed.date_month
where
    totals.ending_arr <> coalesce(summed.ending_arr, 0)
    {%- for movement_type in movement_types() %}
    or totals.{{ movement_type }}_arr <> coalesce(summed.{{ movement_type }}_arr, 0)
    {%- endfor %}
