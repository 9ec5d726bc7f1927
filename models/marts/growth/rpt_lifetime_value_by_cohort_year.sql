-- Grain: one row per cohort year and basis: cohorts whose first five years are over, and apart from
-- them those whose years to come are modelled.
{{ config(enabled=is_on('growth')) }}
with lifetimes as (

    select * from {{ ref('int_cohort_lifetimes') }}

),

cohorts as (

    select
        cohort_month_index,
        cast({{ whole_division('cohort_month_index - 1', '12') }} as integer) as cohort_year,
        min(case when age_months = 0 then cohort_customers end) as cohort_customers,
        case
            when max(case when is_modelled then 1 else 0 end) = 1 then 'modelled'
            else 'observed'
        end as value_basis,
        {%- for year in [1, 2, 3, 4, 5] %}
        sum(
            case
                when age_months >= {{ 12 * year - 12 }} and age_months < {{ 12 * year }} then arr
                else 0
            end
        ) as year_{{ year }}_arr,
        {%- endfor %}
        sum(case when is_modelled then arr else 0 end) as modelled_arr,
        min(cohorts_behind) as fewest_cohorts_behind
    from lifetimes
    group by cohort_month_index
    -- an age that no cohort has reached is not modelled either
    having count(*) = 60

),

summed as (

    select
        cohort_year,
        value_basis,
        cast(count(*) as bigint) as cohort_months,
        cast(sum(cohort_customers) as bigint) as cohort_customers,
        {%- for year in [1, 2, 3, 4, 5] %}
        {{ monthly_amount('cast(sum(year_' ~ year ~ '_arr) as ' ~ type_money() ~ ')') }}
            as year_{{ year }}_value,
        {%- endfor %}
        {{ monthly_amount('cast(sum(modelled_arr) as ' ~ type_money() ~ ')') }} as modelled_value,
        cast(min(fewest_cohorts_behind) as bigint) as fewest_cohorts_behind
    from cohorts
    group by cohort_year, value_basis

),

final as (

    select
        cohort_year,
        value_basis,
        cohort_months,
        cohort_customers,
        {%- for year in [1, 2, 3, 4, 5] %}
        year_{{ year }}_value,
        {%- endfor %}
        cast(
            year_1_value + year_2_value + year_3_value + year_4_value + year_5_value
            as {{ type_money() }}
        ) as five_year_value,
        modelled_value,
        fewest_cohorts_behind,
        {{ ratio(
            'year_1_value',
            'year_1_value + year_2_value + year_3_value + year_4_value + year_5_value'
        ) }} as first_year_share,
        {{ ratio(
            'year_2_value + year_3_value + year_4_value + year_5_value',
            'year_1_value + year_2_value + year_3_value + year_4_value + year_5_value'
        ) }} as out_year_share
    from summed

)

select * from final
