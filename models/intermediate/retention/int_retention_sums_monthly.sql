-- Grain: one row per account grain, segment, window and published month: what the base was and what
-- is left of it.
with changes as (

    select * from {{ ref('int_retention_changes_rolled_up') }}

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
        {%- for measure, type in {
            'base_arr': type_money(),
            'base_customers': 'bigint',
            'net_arr': type_money(),
            'gross_arr': type_money(),
            'retained_customers': 'bigint',
            'strict_net_arr': type_money(),
            'strict_gross_arr': type_money(),
            'lowest_arr': type_money(),
        }.items() %}
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
