-- Grain: one row per cohort month, segment and age reached by the last published month.
-- long because what moves is summed by set of segments before it is cut by column
with balances as (

    select * from {{ ref('int_customer_cohort_balances') }}

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

changes as (

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

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

cohorts as (

    select distinct
        cohort_month_index,
        segment_type,
        segment_value
    from changes

),

grid as (

    select
        cohorts.cohort_month_index,
        cohorts.segment_type,
        cohorts.segment_value,
        months.month_index - cohorts.cohort_month_index as age_months
    from cohorts
    inner join months
        on cohorts.cohort_month_index <= months.month_index

),

-- an age at which nothing moved adds nothing; at age 0 every cohort has its whole ARR
final as (

    select
        grid.cohort_month_index,
        grid.segment_type,
        grid.segment_value,
        {%- for measure, type in {
            'cohort_arr': type_money(),
            'net_arr': type_money(),
            'gross_arr': type_money(),
            'customers': 'bigint',
        }.items() %}
        cast(sum(changes.{{ measure }}_change) over (
            partition by grid.cohort_month_index, grid.segment_type, grid.segment_value
            order by grid.age_months
            rows between unbounded preceding and current row
        ) as {{ type }}) as {{ measure }},
        {%- endfor %}
        cast(sum(
            case when changes.age_months = 0 then changes.customers_change else 0 end
        ) over (
            partition by grid.cohort_month_index, grid.segment_type, grid.segment_value
        ) as bigint) as cohort_customers,
        grid.age_months
    from grid
    left join changes
        on
            grid.cohort_month_index = changes.cohort_month_index
            and grid.segment_type = changes.segment_type
            and grid.segment_value = changes.segment_value
            and grid.age_months = changes.age_months

)

select * from final
