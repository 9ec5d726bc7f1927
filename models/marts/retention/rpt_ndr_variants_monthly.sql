-- Grain: one row per published month and method of reporting net dollar retention.
with months as (

    select * from {{ ref('int_ledger_months') }}

),

methods as (

    select * from {{ ref('ndr_methods') }}

),

averaged as (

    select * from {{ ref('int_ndr_rates_averaged') }}

),

two_year_cohorts as (

    select * from {{ ref('int_two_year_cohorts_summed') }}

),

measured as (

    select
        month_index,
        method,
        base_arr,
        base_customers,
        ndr,
        grr
    from averaged

    union all

    select
        month_index,
        'two_year_cohort' as method,
        first_year_arr as base_arr,
        base_customers,
        {{ ratio('second_year_arr', 'first_year_arr') }} as ndr,
        cast(null as {{ type_double() }}) as grr
    from two_year_cohorts

),

final as (

    select
        months.date_month,
        methods.method,
        methods.position,
        measured.ndr,
        measured.grr,
        100 * (measured.ndr - point_to_point.ndr) as ndr_points_above_point_to_point,
        cast(coalesce(measured.base_arr, 0) as {{ type_money() }}) as base_arr,
        cast(coalesce(measured.base_customers, 0) as bigint) as base_customers,
        coalesce(measured.base_customers, 0) < {{ min_base_logos() }} as is_low_base,
        methods.definition,
        methods.reported_by
    from months
    cross join methods
    left join measured
        on
            months.month_index = measured.month_index
            and methods.method = measured.method
    left join measured as point_to_point
        on
            months.month_index = point_to_point.month_index
            and point_to_point.method = 'point_to_point'

)

select * from final
