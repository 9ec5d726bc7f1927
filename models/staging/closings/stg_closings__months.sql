-- Grain: one row per closed month.
{{ config(enabled=is_on('restatements')) }}
with source as (

    select
        {{ extract_columns('closings', 'closed_months') }}
    from {{ extract('closings', 'closed_months') }}

),

final as (

    select
        cast(closed_month as date) as closed_month,
        cast(ending_arr as {{ type_money() }}) as ending_arr,
        cast(closed_at as {{ dbt.type_timestamp() }}) as closed_at

    from source

)

select * from final
