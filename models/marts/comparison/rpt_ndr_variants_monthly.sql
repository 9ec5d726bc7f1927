-- Grain: one row per published month and method of reporting net dollar retention.
-- long because five methods are one rule with other numbers, and one has a model of its own
{{ config(enabled=is_on('comparison')) }}
with months as (

    select * from {{ ref('int_ledger_months') }}

),

methods as (

    select * from {{ ref('ndr_methods') }}

),

sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where
        account_grain = 'customer'
        and segment_type = 'all'

),

two_year_cohorts as (

    select * from {{ ref('int_two_year_cohorts') }}

),

rates as (

    select
        month_index,
        window_months,
        base_arr,
        base_customers,
        net_arr,
        gross_arr,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('gross_arr', 'base_arr') }} as grr
    from sums

),

-- the rates of a method: as many as it takes, so many months apart, back from this month
entered as (

    select
        months.month_index,
        months.month_index - entering.month_index as months_back,
        methods.method,
        methods.rates,
        methods.is_weighted,
        methods.times_compounded,
        entering.base_arr,
        entering.base_customers,
        entering.net_arr,
        entering.gross_arr,
        entering.ndr,
        entering.grr
    from rates as months
    inner join methods
        on months.window_months = methods.window_months
    inner join rates as entering
        on
            methods.window_months = entering.window_months
            and months.month_index >= entering.month_index
            and months.month_index - entering.month_index < methods.rates * methods.months_apart
            and mod(months.month_index - entering.month_index, methods.months_apart) = 0

),

-- no mean before all of its rates exist: an empty base gives none
summed as (

    select
        month_index,
        method,
        is_weighted,
        times_compounded,
        count(ndr) = rates as is_complete,
        cast(sum(base_arr) as {{ type_money() }}) as base_arr,
        min(base_customers) as base_customers,
        cast(sum(net_arr) as {{ type_money() }}) as net_arr,
        cast(sum(gross_arr) as {{ type_money() }}) as gross_arr,
        {{ mean_in_order('ndr', 'months_back', 12) }} as mean_ndr,
        {{ mean_in_order('grr', 'months_back', 12) }} as mean_grr,
        {{ ratio('sum(net_arr)', 'sum(base_arr)') }} as weighted_ndr,
        {{ ratio('sum(gross_arr)', 'sum(base_arr)') }} as weighted_grr
    from entered
    group by month_index, method, rates, is_weighted, times_compounded

),

averaged as (

    select
        month_index,
        method,
        case when is_complete then base_arr else 0 end as base_arr,
        case when is_complete then base_customers else 0 end as base_customers,
        case
            -- a negative rate cannot be compounded
            when is_complete and is_weighted and (net_arr >= 0 or times_compounded = 1)
                then {{ compounded('weighted_ndr', 'times_compounded') }}
            when is_complete and not is_weighted then mean_ndr
        end as ndr,
        case
            when is_complete and is_weighted
                then {{ compounded('weighted_grr', 'times_compounded') }}
            when is_complete and not is_weighted then mean_grr
        end as grr
    from summed

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
