-- Grain: one row per published month, window and segment.
-- long because expansion of the base and of all customers are divided by their own totals
{{ config(enabled=is_on('growth', ['crm'])) }}
with bases as (

    select * from {{ ref('int_product_holdings') }}
    where is_whole_customer

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

windows as (
    {{- windows_listed() }}

),

-- an expansion counts from its own month until the window has passed it
sides as (
    {{- sides_listed() }}

),

expansions as (

    select
        customer_id,
        month_index,
        sum(case when driver = 'cross_sell' then 0 else arr_change end) as upsell_arr,
        sum(case when driver = 'cross_sell' then arr_change else 0 end) as cross_sell_arr
    from {{ ref('int_arr_drivers') }}
    where movement_type = 'expansion'
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

changes as (

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

),

sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where account_grain = 'customer'

),

sources as (

    select * from {{ ref('rpt_expansion_by_source_monthly') }}

),

bridge as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}

),

of_base as (

    select
        sums.*,
        {%- for kind in ['upsell', 'cross_sell'] %}
        cast(sum(coalesce(changes.{{ kind }}_arr_change, 0)) over (
            partition by sums.segment_type, sums.segment_value, sums.window_months
            order by sums.month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as base_{{ kind }}_arr
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from sums
    left join changes
        on
            sums.segment_type = changes.segment_type
            and sums.segment_value = changes.segment_value
            and sums.window_months = changes.window_months
            and sums.month_index = changes.month_index

),

of_all as (

    select
        sums.month_index,
        sums.window_months,
        sums.segment_type,
        sums.segment_value,
        cast(sum(sources.upsell_arr) as {{ type_money() }}) as upsell_arr,
        cast(sum(sources.cross_sell_arr) as {{ type_money() }}) as cross_sell_arr
    from sums
    inner join sources
        on
            sums.segment_type = sources.segment_type
            and sums.segment_value = sources.segment_value
            and sums.month_index >= {{ month_index('sources.date_month') }}
            and sums.month_index - sums.window_months < {{ month_index('sources.date_month') }}
    group by sums.month_index, sums.window_months, sums.segment_type, sums.segment_value

),

final as (

    select
        of_base.date_month,
        of_base.window_months,
        of_base.segment_type,
        of_base.segment_value,
        of_base.base_arr,
        of_base.base_customers,
        of_base.base_upsell_arr,
        of_base.base_cross_sell_arr,
        {{ ratio('of_base.base_upsell_arr', 'of_base.base_arr') }} as upsell_rate,
        {{ ratio('of_base.base_cross_sell_arr', 'of_base.base_arr') }} as cross_sell_rate,
        cast(coalesce(bridge.ending_arr, 0) as {{ type_money() }}) as closing_arr,
        cast(coalesce(of_all.upsell_arr, 0) as {{ type_money() }}) as upsell_arr,
        cast(coalesce(of_all.cross_sell_arr, 0) as {{ type_money() }}) as cross_sell_arr,
        {{ ratio('coalesce(of_all.upsell_arr, 0)', 'bridge.ending_arr') }}
            as upsell_share_of_closing,
        {{ ratio('coalesce(of_all.cross_sell_arr, 0)', 'bridge.ending_arr') }}
            as cross_sell_share_of_closing,
        of_base.base_customers < {{ min_base_logos() }} as is_low_base
    from of_base
    left join of_all
        on
            of_base.month_index = of_all.month_index
            and of_base.window_months = of_all.window_months
            and of_base.segment_type = of_all.segment_type
            and of_base.segment_value = of_all.segment_value
    left join bridge
        on
            of_base.date_month = bridge.date_month
            and of_base.segment_type = bridge.segment_type
            and of_base.segment_value = bridge.segment_value

)

select * from final
