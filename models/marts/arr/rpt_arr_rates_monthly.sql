-- Grain: one row per published month and segment: rates read off the bridge of that one month.
with bridge as (

    select * from {{ ref('int_arr_bridge_sums_monthly') }}
    where segment_type not in ({{ quoted_list(book_columns()) }})

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        beginning_arr,
        {{ ratio(
            'new_arr + expansion_arr + reactivation_arr', '-(contraction_arr + churn_arr)'
        ) }} as quick_ratio,
        {{ ratio(
            '-(contraction_arr + churn_arr)', 'case when beginning_arr > 0 then beginning_arr end'
        ) }} as gross_churn_rate,
        {{ ratio(
            '-(contraction_arr + churn_arr + expansion_arr + reactivation_arr)',
            'case when beginning_arr > 0 then beginning_arr end'
        ) }} as net_churn_rate
    from bridge

)

select * from final
