-- Every mean of rates, worked again from the monthly rows of rpt_ndr_grr_monthly.
with published_rates as (

    select
        {{ month_index('date_month') }} as month_index,
        window_months,
        base_arr,
        net_retained_arr,
        gross_retained_arr,
        ndr,
        grr
    from {{ ref('rpt_ndr_grr_monthly') }}
    where segment_type = 'all'

),

year_ends as (

    select
        months.month_index,
        sum(held.base_arr) as base_arr,
        {{ ratio('sum(held.net_retained_arr)', 'sum(held.base_arr)') }} as weighted_ndr,
        {{ ratio('sum(held.gross_retained_arr)', 'sum(held.base_arr)') }} as weighted_grr,
        avg(held.ndr) as simple_ndr,
        avg(held.grr) as simple_grr,
        avg(
            case
                when mod(months.month_index - held.month_index, 3) = 0 then held.ndr
            end
        ) as quarterly_ndr,
        min(held.base_arr) as smallest_base_arr,
        count(*) as months_there
    from published_rates as months
    inner join published_rates as held
        on
            months.window_months = held.window_months
            and months.month_index >= held.month_index
            and months.month_index - 11 <= held.month_index
    where months.window_months = 12
    group by months.month_index

),

expected as (

    select
        month_index,
        'point_to_point' as method,
        base_arr,
        ndr,
        grr
    from published_rates
    where
        window_months = 12
        and base_arr > 0

    union all

    select
        month_index,
        'trailing_average_weighted' as method,
        base_arr,
        weighted_ndr as ndr,
        weighted_grr as grr
    from year_ends
    where
        months_there = 12
        and smallest_base_arr > 0

    union all

    select
        month_index,
        'trailing_average_simple' as method,
        base_arr,
        simple_ndr as ndr,
        simple_grr as grr
    from year_ends
    where
        months_there = 12
        and smallest_base_arr > 0

    union all

    select
        month_index,
        'monthly_annualised' as method,
        base_arr,
        power(ndr, 12) as ndr,
        power(grr, 12) as grr
    from published_rates
    where
        window_months = 1
        and base_arr > 0
        and ndr >= 0

),

published as (

    select
        {{ month_index('date_month') }} as month_index,
        method,
        base_arr,
        ndr,
        grr
    from {{ ref('rpt_ndr_variants_monthly') }}
    where
        method not in ('two_year_cohort', 'quarterly_average')
        and ndr is not null

),

quarters as (

    select
        {{ month_index('date_month') }} as month_index,
        ndr
    from {{ ref('rpt_ndr_variants_monthly') }}
    where method = 'quarterly_average'

)

select
    coalesce(expected.month_index, published.month_index) as month_index,
    coalesce(expected.method, published.method) as method,
    expected.ndr as expected_ndr,
    published.ndr as published_ndr
from expected
full join published
    on
        expected.month_index = published.month_index
        and expected.method = published.method
where
    expected.month_index is null
    or published.month_index is null
    or expected.base_arr <> published.base_arr
    or abs(expected.ndr - published.ndr) > 1e-12 * greatest(1, abs(expected.ndr))
    or abs(expected.grr - published.grr) > 1e-12

union all

-- four quarters need the base of nine months ago, not of all twelve months
select
    year_ends.month_index,
    'quarterly_average' as method,
    year_ends.quarterly_ndr as expected_ndr,
    quarters.ndr as published_ndr
from year_ends
left join quarters
    on year_ends.month_index = quarters.month_index
where
    year_ends.months_there = 12
    and year_ends.smallest_base_arr > 0
    and (
        quarters.ndr is null
        or abs(year_ends.quarterly_ndr - quarters.ndr)
        > 1e-12 * greatest(1, abs(quarters.ndr))
    )
