-- Grain: one row per billing system and fate of its lines: counted in ARR, or the reason why not.
{{ config(enabled=is_on('quality')) }}
with lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}

),

accounted as (

    select
        source_system,
        coalesce(exclusion_reason, 'counted') as line_fate,
        arr
    from lines

),

final as (

    select
        source_system,
        line_fate,
        cast(count(*) as bigint) as line_count,
        cast(sum(arr) as {{ type_money() }}) as annualised_amount
    from accounted
    group by source_system, line_fate

)

select * from final
