-- Grain: one row per age in months and segment: all cohorts that reached the age, weighted by their
-- base.
with cohorts as (

    select * from {{ ref('rpt_cohort_retention_monthly') }}

),

summed as (

    select
        age_months,
        segment_type,
        segment_value,
        cast(count(*) as bigint) as cohorts_reached,
        cast(sum(cohort_arr) as {{ type_money() }}) as cohort_arr,
        cast(sum(cohort_customers) as bigint) as cohort_customers,
        cast(sum(net_retained_arr) as {{ type_money() }}) as net_retained_arr,
        cast(sum(gross_retained_arr) as {{ type_money() }}) as gross_retained_arr,
        cast(sum(retained_customers) as bigint) as retained_customers
    from cohorts
    group by age_months, segment_type, segment_value

),

final as (

    select
        age_months,
        segment_type,
        segment_value,
        cohorts_reached,
        cohort_arr,
        cohort_customers,
        {{ ratio('net_retained_arr', 'greatest(0, cohort_arr)') }} as net_retention,
        {{ ratio('gross_retained_arr', 'greatest(0, cohort_arr)') }} as gross_retention,
        {{ ratio('retained_customers', 'cohort_customers') }} as logo_retention
    from summed

)

select * from final
