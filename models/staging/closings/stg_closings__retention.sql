-- Grain: one row per closed month, window and segment at the base month: what NDR, GRR and logo
-- retention were divided from.
{{ config(enabled=is_on('restatements')) }}
with source as (

    select
        {{ extract_columns('closings', 'closed_retention') }}
    from {{ extract('closings', 'closed_retention') }}

),

final as (

    select
        cast(closed_month as date) as closed_month,
        cast(window_months as integer) as window_months,
        cast(segment_type as {{ dbt.type_string() }}) as segment_type,
        cast(segment_value as {{ dbt.type_string() }}) as segment_value,
        cast(base_arr as {{ type_money() }}) as base_arr,
        cast(base_customers as bigint) as base_customers,
        cast(net_retained_arr as {{ type_money() }}) as net_retained_arr,
        cast(gross_retained_arr as {{ type_money() }}) as gross_retained_arr,
        cast(retained_customers as bigint) as retained_customers

    from source

)

select * from final
