-- Grain: one row per cohort month and age in months below sixty: its ARR, as it was or as the older
-- cohorts went on from the same age.
-- long because what was and what is expected stand in one table
{{ config(enabled=is_on('growth')) }}
with sums as (

    select * from {{ ref('int_cohort_sums_monthly') }}
    where
        segment_type = 'all'
        and age_months < 60
        -- the first month of a cut-off history starts no cohort
        and cohort_month_index > {{ history_start_month_index() }}

),

-- the age a cohort has reached, where it is not the last; no two cohorts are of one age
reached as (

    select *
    from sums
    where
        cohort_month_index + age_months = {{ last_published_month_index() }}
        and age_months < 59

),

-- from each such age to a later one: all cohorts that got there, the same ones at both ages
continued as (

    select
        reached.age_months as from_age_months,
        later.age_months,
        sum(earlier.net_arr) as earlier_arr,
        sum(later.net_arr) as later_arr,
        count(*) as cohorts_behind
    from reached
    inner join sums as earlier
        on reached.age_months = earlier.age_months
    inner join sums as later
        on
            earlier.cohort_month_index = later.cohort_month_index
            and earlier.age_months < later.age_months
    group by reached.age_months, later.age_months

),

final as (

    select
        cohort_month_index,
        age_months,
        cohort_arr,
        cohort_customers,
        cast(net_arr as {{ type_money() }}) as arr,
        false as is_modelled,
        cast(null as bigint) as cohorts_behind
    from sums

    union all

    select
        reached.cohort_month_index,
        continued.age_months,
        reached.cohort_arr,
        reached.cohort_customers,
        case
            when reached.net_arr = 0 then cast(0 as {{ type_money() }})
            else {{ rounded_share(
                'reached.net_arr', 'continued.later_arr', 'continued.earlier_arr'
            ) }}
        end as arr,
        true as is_modelled,
        cast(continued.cohorts_behind as bigint) as cohorts_behind
    from reached
    inner join continued
        on reached.age_months = continued.from_age_months
    where
        continued.earlier_arr > 0
        or reached.net_arr = 0

)

select * from final
