-- Grain: one row per account, window, base segment set and span of months [from, until) of "now"
-- in which both the ARR of the base month and the ARR now stand still, both at the rates of now. A
-- churned account keeps its pair: its ARR now is zero.
with bases as (

    select * from {{ ref('int_retention_bases') }}

),

dips as (

    select * from {{ ref('int_arr_dips') }}

),

spans as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        arr
    from {{ ref(spans_at_one_rate()) }}

),

windows as (
    {{- windows_listed() }}

),

joined as (

    select
        bases.*,
        spans.from_month_index as now_from_month_index,
        spans.until_month_index as now_until_month_index,
        spans.arr as net_arr,
        dips.lowest_arr as dip_arr
    from bases
    inner join spans
        on
            bases.account_key = spans.account_key
            and bases.rate_from_month_index = spans.rate_from_month_index
            and bases.from_month_index < spans.until_month_index
            and bases.until_month_index + {{ longest_window() }} > spans.from_month_index
    left join dips
        on
            bases.account_key = dips.account_key
            and bases.rate_from_month_index = dips.rate_from_month_index
            and bases.span_from_month_index = dips.span_from_month_index
            and spans.from_month_index = dips.now_from_month_index

),

final as (

    select
        joined.account_key,
        joined.is_customer,
        joined.is_parent,
        joined.segment_set_key,
        windows.window_months,
        {{ moved_on_from('joined') }} as from_month_index,
        {{ moved_on_until('joined') }} as until_month_index,
        joined.arr as base_arr,
        joined.net_arr,
        greatest(0, least(joined.arr, joined.net_arr)) as gross_arr,
        {{ is_active('joined.net_arr') }}
        and coalesce({{ is_active('joined.dip_arr') }}, true) as is_unbroken,
        greatest(
            0, least(joined.arr, joined.net_arr, coalesce(joined.dip_arr, joined.arr))
        ) as lowest_arr
    from joined
    cross join windows
    where {{ is_met('joined') }}

)

select * from final
