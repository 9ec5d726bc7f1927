-- Grain: one row per window, segment at the base month and month in which the expansion of those
-- who were in the base moves.
-- long because an expansion is laid over the base months of its customer
with drivers as (

    select * from {{ ref('int_arr_drivers') }}
    where movement_type = 'expansion'

),

bases as (

    select * from {{ ref('int_holdings_segmented') }}
    where is_whole_customer

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

windows as (
    {{- windows_listed() }}

),

-- an expansion counts from its own month on until the window has passed it by
sides as (
    {{- sides_listed() }}

),

expansions as (

    select
        customer_id,
        month_index,
        sum(case when driver = 'cross_sell' then 0 else arr_change end) as upsell_arr,
        sum(case when driver = 'cross_sell' then arr_change else 0 end) as cross_sell_arr
    from drivers
    group by customer_id, month_index

),

moved as (

    select
        windows.window_months,
        case
            when sides.sign = 1
                then greatest(
                        bases.from_month_index + windows.window_months, expansions.month_index
                    )
            else least(bases.until_month_index, expansions.month_index) + windows.window_months
        end as month_index,
        bases.segment_set_key,
        sides.sign * expansions.upsell_arr as upsell_arr,
        sides.sign * expansions.cross_sell_arr as cross_sell_arr
    from expansions
    cross join windows
    cross join sides
    inner join bases
        on
            expansions.customer_id = bases.customer_id
            and expansions.month_index > bases.from_month_index
            and expansions.month_index - windows.window_months < bases.until_month_index

),

by_set as (

    select
        window_months,
        segment_set_key,
        month_index,
        sum(upsell_arr) as upsell_arr,
        sum(cross_sell_arr) as cross_sell_arr
    from moved
    group by window_months, segment_set_key, month_index

),

final as (

    select
        by_set.window_months,
        segments.segment_type,
        segments.segment_value,
        by_set.month_index,
        cast(sum(by_set.upsell_arr) as {{ type_money() }}) as upsell_arr_change,
        cast(sum(by_set.cross_sell_arr) as {{ type_money() }}) as cross_sell_arr_change
    from by_set
    inner join segments
        on by_set.segment_set_key = segments.segment_set_key
    group by
        by_set.window_months,
        segments.segment_type,
        segments.segment_value,
        by_set.month_index

)

select * from final
