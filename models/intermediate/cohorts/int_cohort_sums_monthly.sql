-- Grain: one row per cohort month, segment and age reached by the last published month.
with changes as (

    select * from {{ ref('int_cohort_changes_segmented') }}

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
