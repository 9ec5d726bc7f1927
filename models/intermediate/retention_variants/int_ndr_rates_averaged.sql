-- Grain: one row per published month and method that is a rate of one window, or a mean of such
-- rates.
-- long because five methods are one rule with other numbers.
with sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where
        account_grain = 'customer'
        and segment_type = 'all'

),

methods as (

    select * from {{ ref('ndr_methods') }}
    where rates is not null

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

-- the rates that enter a method: as many as it takes, so many months apart, back from this month
entered as (

    select
        months.month_index,
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

-- no mean before every rate of it is there: an empty base gives none
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
        avg(ndr) as mean_ndr,
        avg(grr) as mean_grr
    from entered
    group by month_index, method, rates, is_weighted, times_compounded

),

final as (

    select
        month_index,
        method,
        case when is_complete then base_arr else 0 end as base_arr,
        case when is_complete then base_customers else 0 end as base_customers,
        case
            -- what is below zero has no power that means anything
            when is_complete and is_weighted and (net_arr >= 0 or times_compounded = 1)
                then power({{ ratio('net_arr', 'base_arr') }}, times_compounded)
            when is_complete and not is_weighted then mean_ndr
        end as ndr,
        case
            when is_complete and is_weighted
                then power({{ ratio('gross_arr', 'base_arr') }}, times_compounded)
            when is_complete and not is_weighted then mean_grr
        end as grr
    from summed

)

select * from final
