-- Grain: one row per published month and segment or book.
-- long because the customer bridge is next to the ARR bridge
-- by set first: the values of a set are many
with set_changes as (

    select
        segment_set_key,
        month_index,
        movement_type,
        sum(arr_change) as arr_change,
        sum(customers_change) as customers_change
    from {{ ref('int_arr_movements_by_segment') }}
    group by segment_set_key, month_index, movement_type

),

changes as (

    select
        segments.segment_type,
        segments.segment_value,
        set_changes.month_index,
        set_changes.movement_type,
        sum(set_changes.arr_change) as arr_change,
        sum(set_changes.customers_change) as customers_change
    from set_changes
    inner join {{ ref('int_segment_set_values') }} as segments
        on set_changes.segment_set_key = segments.segment_set_key
    group by
        segments.segment_type,
        segments.segment_value,
        set_changes.month_index,
        set_changes.movement_type

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
        segments.segment_value,
        {%- for movement_type in movement_types() %}
        cast(
            sum(
                case
                    when changes.movement_type = '{{ movement_type }}' then changes.arr_change
                    else 0
                end
            ) as {{ type_money() }}
        ) as {{ movement_type }}_arr,
        {%- endfor %}
        {%- for name, movement_type in {
            'opening_balance': 'opening_balance',
            'new': 'new',
            'reactivated': 'reactivation',
        }.items() %}
        cast(
            sum(
                case
                    when changes.movement_type = '{{ movement_type }}'
                        then changes.customers_change
                    else 0
                end
            ) as bigint
        ) as {{ name }}_customers,
        {%- endfor %}
        cast(
            -sum(case when changes.movement_type = 'churn' then changes.customers_change else 0 end)
            as bigint
        ) as churned_customers,
        -- into and out of the segment, and into and out of another customer
        cast(
            sum(
                case
                    when changes.movement_type in ('transfer', 'fx') then changes.customers_change
                    else 0
                end
            ) as bigint
        ) as transferred_customers,
        cast(sum(coalesce(changes.customers_change, 0)) as bigint) as net_new_customers,
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
        cast(sum(net_new_customers) over (
            partition by segment_type, segment_value order by date_month
            rows between unbounded preceding and current row
        ) as bigint) as ending_customers,
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
        cast(ending_arr - net_new_arr as {{ type_money() }}) as beginning_arr,
        {%- for movement_type in movement_types() %}
        {{ movement_type }}_arr,
        {%- endfor %}
        net_new_arr,
        ending_arr,
        ending_customers - net_new_customers as beginning_customers,
        opening_balance_customers,
        new_customers,
        reactivated_customers,
        churned_customers,
        transferred_customers,
        ending_customers
    from balanced

)

select * from final
