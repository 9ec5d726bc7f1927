-- Grain: one row per metric that benchmarks are about and population of the company (all customers,
-- and each known segment), over the twelve months up to the last published one.
-- long because five metrics of twelve months and two of five years meet
{{ config(enabled=is_on('comparison', ['growth'])) }}
with retention as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}
    where
        window_months = 12
        and segment_type in ('all', '{{ leading_segment() }}')
        and segment_value <> 'unknown'
        and {{ month_index('date_month') }} = {{ last_published_month_index() }}

),

growth as (

    select * from {{ ref('rpt_expansion_share_monthly') }}
    where
        window_months = 12
        and segment_type in ('all', '{{ leading_segment() }}')
        and {{ month_index('date_month') }} = {{ last_published_month_index() }}

),

-- cohorts whose first five years are over
lifetimes as (

    select
        sum(cohort_customers) as cohort_customers,
        sum(year_1_value) as first_year_value,
        sum(five_year_value) as five_year_value
    from {{ ref('rpt_lifetime_value_by_cohort_year') }}
    where value_basis = 'observed'

),

measured as (

    select
        'ndr' as metric,
        segment_type,
        segment_value,
        ndr as company_value
    from retention

    union all

    select
        'grr' as metric,
        segment_type,
        segment_value,
        grr as company_value
    from retention

    union all

    select
        'gross_churn' as metric,
        segment_type,
        segment_value,
        1 - grr as company_value
    from retention

    union all

    select
        'expansion_share' as metric,
        segment_type,
        segment_value,
        expansion_share as company_value
    from growth

    union all

    select
        'quick_ratio' as metric,
        segment_type,
        segment_value,
        quick_ratio as company_value
    from growth

),

of_five_years as (

    select
        'first_year_share' as metric,
        {{ ratio('first_year_value', 'five_year_value') }} as company_value,
        cohort_customers
    from lifetimes

    union all

    select
        'out_year_share' as metric,
        {{ ratio('five_year_value - first_year_value', 'five_year_value') }} as company_value,
        cohort_customers
    from lifetimes

),

final as (

    select
        retention.date_month,
        measured.metric,
        measured.segment_type,
        measured.segment_value,
        measured.company_value,
        retention.base_arr,
        retention.base_customers,
        {{ ratio('retention.base_arr', 'retention.base_customers') }} as contract_value,
        retention.is_low_base
    from measured
    inner join retention
        on
            measured.segment_type = retention.segment_type
            and measured.segment_value = retention.segment_value
    where measured.company_value is not null

    union all

    select
        retention.date_month,
        of_five_years.metric,
        retention.segment_type,
        retention.segment_value,
        of_five_years.company_value,
        retention.base_arr,
        cast(of_five_years.cohort_customers as bigint) as base_customers,
        {{ ratio('retention.base_arr', 'retention.base_customers') }} as contract_value,
        of_five_years.cohort_customers < {{ min_base_logos() }} as is_low_base
    from of_five_years
    inner join retention
        on retention.segment_type = 'all'
    where of_five_years.company_value is not null

)

select * from final
