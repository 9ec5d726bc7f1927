-- Grain: one row per published month and coverage (who looks after a customer).
{{ config(enabled=is_on('books', ['crm'])) }}
with bridge as (

    select * from {{ ref('int_arr_bridge_sums_monthly') }}
    where segment_type = 'coverage'

),

retention as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where
        account_grain = 'book'
        and segment_type = 'coverage'
        and window_months = 12

),

final as (

    select
        bridge.date_month,
        bridge.segment_value as coverage,
        bridge.beginning_arr,
        bridge.new_arr,
        bridge.reactivation_arr,
        bridge.expansion_arr,
        bridge.contraction_arr,
        bridge.churn_arr,
        cast(
            bridge.opening_balance_arr + bridge.fx_arr + bridge.transfer_arr as {{ type_money() }}
        ) as other_arr,
        bridge.ending_arr,
        coalesce(retention.base_arr, 0) as base_arr,
        coalesce(retention.base_customers, 0) as base_customers,
        coalesce(retention.net_arr, 0) as net_retained_arr,
        coalesce(retention.gross_arr, 0) as gross_retained_arr,
        coalesce(retention.retained_customers, 0) as retained_customers,
        {{ ratio('retention.net_arr', 'retention.base_arr') }} as ndr,
        {{ ratio('retention.gross_arr', 'retention.base_arr') }} as grr,
        {{ ratio('retention.retained_customers', 'retention.base_customers') }} as logo_retention,
        coalesce(retention.base_customers, 0) < {{ min_base_logos() }} as is_low_base
    from bridge
    left join retention
        on
            bridge.date_month = retention.date_month
            and bridge.segment_value = retention.segment_value

)

select * from final
