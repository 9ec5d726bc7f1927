-- Grain: one row per account grain, segment, window and published month: what the base was and what
-- is left of it.
-- long because an account may count among customers, among parents and in books
{%- set measures = {
    'base_arr': type_money(),
    'base_customers': 'bigint',
    'net_arr': type_money(),
    'gross_arr': type_money(),
    'retained_customers': 'bigint',
    'strict_net_arr': type_money(),
    'strict_gross_arr': type_money(),
    'lowest_arr': type_money(),
} %}
with set_changes as (

    select * from {{ ref('int_retention_changes') }}

),

set_values as (

    select * from {{ ref('int_segment_set_values') }}

),

-- an account may be a customer, a parent or both; books are of customers alone
grains as (

    select
        'customer' as account_grain,
        true as is_of_customers,
        false as is_book

    union all

    select
        'parent' as account_grain,
        false as is_of_customers,
        false as is_book

    union all

    select
        'book' as account_grain,
        true as is_of_customers,
        true as is_book

),

counted as (

    select
        *,
        true as is_of_customers
    from set_changes
    where is_customer

    union all

    select
        *,
        false as is_of_customers
    from set_changes
    where is_parent

),

changes as (

    select
        grains.account_grain,
        set_values.segment_type,
        set_values.segment_value,
        counted.window_months,
        {%- for measure in measures %}
        sum(counted.{{ measure }}_change) as {{ measure }}_change,
        {%- endfor %}
        counted.month_index
    from counted
    inner join set_values
        on counted.segment_set_key = set_values.segment_set_key
    inner join grains
        on
            counted.is_of_customers = grains.is_of_customers
            and set_values.is_book = grains.is_book
    group by
        grains.account_grain,
        set_values.segment_type,
        set_values.segment_value,
        counted.window_months,
        counted.month_index

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

windows as (
    {{- windows_listed() }}

),

segments as (

    select
        account_grain,
        segment_type,
        segment_value
    from changes

    union distinct

    select
        'customer' as account_grain,
        'all' as segment_type,
        'all' as segment_value

    union distinct

    select
        'parent' as account_grain,
        'all' as segment_type,
        'all' as segment_value

),

grid as (

    select
        segments.account_grain,
        segments.segment_type,
        segments.segment_value,
        windows.window_months,
        months.month_index,
        months.date_month
    from segments
    cross join windows
    cross join months

),

final as (

    select
        grid.account_grain,
        grid.segment_type,
        grid.segment_value,
        grid.window_months,
        grid.month_index,
        {%- for measure, type in measures.items() %}
        cast(sum(coalesce(changes.{{ measure }}_change, 0)) over (
            partition by
                grid.account_grain, grid.segment_type, grid.segment_value, grid.window_months
            order by grid.month_index
            rows between unbounded preceding and current row
        ) as {{ type }}) as {{ measure }},
        {%- endfor %}
        grid.date_month
    from grid
    left join changes
        on
            grid.account_grain = changes.account_grain
            and grid.segment_type = changes.segment_type
            and grid.segment_value = changes.segment_value
            and grid.window_months = changes.window_months
            and grid.month_index = changes.month_index

)

select * from final
