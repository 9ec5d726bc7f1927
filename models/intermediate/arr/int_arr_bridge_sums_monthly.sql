-- Grain: one row per published month and segment or book.
with changes as (

    select * from {{ ref('int_arr_bridge_changes') }}

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

segments as (

    select
        segment_type,
        segment_value
    from changes

    union distinct

    select
        'all' as segment_type,
        'all' as segment_value

),

pivoted as (

    select
        months.date_month,
        segments.segment_type,
        segments.segment_value
        {%- for movement_type in movement_types() %},
        cast(
            sum(
                case
                    when changes.movement_type = '{{ movement_type }}' then changes.arr_change
                    else 0
                end
            ) as {{ type_money() }}
        ) as {{ movement_type }}_arr
        {%- endfor %},
        cast(sum(coalesce(changes.arr_change, 0)) as {{ type_money() }}) as net_new_arr
    from segments
    cross join months
    left join changes
        on
            segments.segment_type = changes.segment_type
            and segments.segment_value = changes.segment_value
            and months.month_index = changes.month_index
    group by months.date_month, segments.segment_type, segments.segment_value

),

balanced as (

    select
        *,
        cast(sum(net_new_arr) over (
            partition by segment_type, segment_value order by date_month
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as ending_arr
    from pivoted

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        cast(ending_arr - net_new_arr as {{ type_money() }}) as beginning_arr
        {%- for movement_type in movement_types() %},
        {{ movement_type }}_arr
        {%- endfor %},
        net_new_arr,
        ending_arr
    from balanced

)

select * from final
