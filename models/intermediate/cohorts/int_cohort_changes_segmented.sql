-- Grain: one row per cohort month, segment and age in months at which a sum of the cohort moves.
with balances as (

    select * from {{ ref('int_cohort_balances_aged') }}

),

segmented as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        cohort_month_index,
        age_months,
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        cohort_arr - opening_cohort_arr as cohort_arr_change,
        arr - opening_arr as net_arr_change,
        greatest(0, least(arr, cohort_arr))
        - greatest(0, least(opening_arr, opening_cohort_arr)) as gross_arr_change,
        case when arr > 0 then 1 else 0 end
        - case when opening_arr > 0 then 1 else 0 end as customers_change
    from balances
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        cohort_month_index,
        segment_type,
        segment_value,
        age_months,
        cast(sum(cohort_arr_change) as {{ type_money() }}) as cohort_arr_change,
        cast(sum(net_arr_change) as {{ type_money() }}) as net_arr_change,
        cast(sum(gross_arr_change) as {{ type_money() }}) as gross_arr_change,
        cast(sum(customers_change) as bigint) as customers_change
    from segmented
    group by cohort_month_index, segment_type, segment_value, age_months

)

select * from final
