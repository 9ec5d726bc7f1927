-- Upsell and cross-sell of a window, of all customers in it with ARR at the base month, recomputed
-- from drivers and monthly balances; segments sum to all, and the base is that of NDR.
with published as (

    select
        date_month,
        {{ month_index('date_month') }} as month_index,
        window_months,
        base_arr,
        base_upsell_arr,
        base_cross_sell_arr
    from {{ ref('rpt_expansion_rates_monthly') }}
    where segment_type = 'all'

),

drivers as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        case when driver = 'cross_sell' then 0 else arr_change end as upsell,
        case when driver = 'cross_sell' then arr_change else 0 end as cross_sell
    from {{ ref('fct_arr_movement_drivers') }}
    where movement_type = 'expansion'

),

balances as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index
    from {{ ref('fct_customer_arr_monthly') }}
    where arr > 0

),

recomputed as (

    select
        published.month_index,
        published.window_months,
        sum(drivers.upsell) as upsell,
        sum(drivers.cross_sell) as cross_sell
    from published
    inner join drivers
        on
            published.month_index >= drivers.month_index
            and published.month_index - published.window_months < drivers.month_index
    inner join balances
        on
            drivers.customer_id = balances.customer_id
            and published.month_index - published.window_months = balances.month_index
    group by published.month_index, published.window_months

),

segments as (

    select
        date_month,
        window_months,
        segment_type,
        sum(base_upsell_arr) as upsell,
        sum(base_cross_sell_arr) as cross_sell
    from {{ ref('rpt_expansion_rates_monthly') }}
    group by date_month, window_months, segment_type

),

retention as (

    select
        date_month,
        window_months,
        base_arr
    from {{ ref('rpt_ndr_grr_monthly') }}
    where segment_type = 'all'

)

select
    coalesce(published.date_month, retention.date_month) as date_month,
    coalesce(published.window_months, retention.window_months) as window_months,
    segments.segment_type,
    recomputed.upsell,
    published.base_upsell_arr
from published
full join retention
    on
        published.date_month = retention.date_month
        and published.window_months = retention.window_months
left join recomputed
    on
        published.month_index = recomputed.month_index
        and published.window_months = recomputed.window_months
left join segments
    on
        published.date_month = segments.date_month
        and published.window_months = segments.window_months
where
    published.date_month is null
    or retention.date_month is null
    or published.base_arr <> retention.base_arr
    or published.base_upsell_arr <> coalesce(recomputed.upsell, 0)
    or published.base_cross_sell_arr <> coalesce(recomputed.cross_sell, 0)
    or segments.upsell <> published.base_upsell_arr
    or segments.cross_sell <> published.base_cross_sell_arr
