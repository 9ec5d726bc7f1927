-- Grain: one row per cohort month, segment and age in months at which a sum of the cohort moves.
with spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where is_customer

),

cohorts as (

    select * from {{ ref('int_customer_cohorts_assigned') }}

),

-- at age 0 the whole ARR enters; later only what changed
aged as (

    select
        cohorts.cohort_month_index,
        cohorts.segment,
        cohorts.industry,
        cohorts.region,
        cohorts.cohort_arr,
        spans.from_month_index - cohorts.cohort_month_index as age_months,
        spans.arr,
        case
            when spans.from_month_index = cohorts.cohort_month_index then 0
            else spans.opening_arr
        end as opening_arr
    from spans
    inner join cohorts
        on spans.account_id = cohorts.customer_id
    where spans.from_month_index >= cohorts.cohort_month_index

),

segmented as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        cohort_month_index,
        age_months,
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        arr - opening_arr as net_arr_change,
        greatest(0, least(arr, cohort_arr))
        - greatest(0, least(opening_arr, cohort_arr)) as gross_arr_change,
        case when arr > 0 then 1 else 0 end
        - case when opening_arr > 0 then 1 else 0 end as customers_change
    from aged
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
        cast(sum(net_arr_change) as {{ type_money() }}) as net_arr_change,
        cast(sum(gross_arr_change) as {{ type_money() }}) as gross_arr_change,
        cast(sum(customers_change) as bigint) as customers_change
    from segmented
    group by cohort_month_index, segment_type, segment_value, age_months

)

select * from final
