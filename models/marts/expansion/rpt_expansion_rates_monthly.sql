-- Grain: one row per published month, window and segment.
-- long because expansion of the base and of everybody are measured against their own totals
with sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where account_grain = 'customer'

),

changes as (

    select * from {{ ref('int_expansion_windows_changed') }}

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

of_everybody as (

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
        cast(coalesce(of_everybody.upsell_arr, 0) as {{ type_money() }}) as upsell_arr,
        cast(coalesce(of_everybody.cross_sell_arr, 0) as {{ type_money() }}) as cross_sell_arr,
        {{ ratio('coalesce(of_everybody.upsell_arr, 0)', 'bridge.ending_arr') }}
            as upsell_share_of_closing,
        {{ ratio('coalesce(of_everybody.cross_sell_arr, 0)', 'bridge.ending_arr') }}
            as cross_sell_share_of_closing,
        of_base.base_customers < {{ min_base_logos() }} as is_low_base
    from of_base
    left join of_everybody
        on
            of_base.month_index = of_everybody.month_index
            and of_base.window_months = of_everybody.window_months
            and of_base.segment_type = of_everybody.segment_type
            and of_base.segment_value = of_everybody.segment_value
    left join bridge
        on
            of_base.date_month = bridge.date_month
            and of_base.segment_type = bridge.segment_type
            and of_base.segment_value = bridge.segment_value

)

select * from final
