-- Grain: one row per cohort month, segment and age in months at which a sum of the cohort moves.
with balances as (

    select * from {{ ref('int_cohort_balances_aged') }}

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

by_set as (

    select
        cohort_month_index,
        segment_set_key,
        age_months,
        sum(cohort_arr - opening_cohort_arr) as cohort_arr_change,
        sum(arr - opening_arr) as net_arr_change,
        sum(
            greatest(0, least(arr, cohort_arr))
            - greatest(0, least(opening_arr, opening_cohort_arr))
        ) as gross_arr_change,
        sum(
            case when {{ is_active('arr') }} then 1 else 0 end
            - case when {{ is_active('opening_arr') }} then 1 else 0 end
        ) as customers_change
    from balances
    group by cohort_month_index, segment_set_key, age_months

),

final as (

    select
        by_set.cohort_month_index,
        segments.segment_type,
        segments.segment_value,
        by_set.age_months,
        cast(sum(by_set.cohort_arr_change) as {{ type_money() }}) as cohort_arr_change,
        cast(sum(by_set.net_arr_change) as {{ type_money() }}) as net_arr_change,
        cast(sum(by_set.gross_arr_change) as {{ type_money() }}) as gross_arr_change,
        cast(sum(by_set.customers_change) as bigint) as customers_change
    from by_set
    inner join segments
        on by_set.segment_set_key = segments.segment_set_key
    group by
        by_set.cohort_month_index,
        segments.segment_type,
        segments.segment_value,
        by_set.age_months

)

select * from final
