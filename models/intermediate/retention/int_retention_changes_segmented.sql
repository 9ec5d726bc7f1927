-- Grain: one row per month, window, grain of account and set of base segments and owners in which
-- a retention sum moves.
-- long because what most accounts need is summed apart from what those with a dip need
with bases as (

    select * from {{ ref('int_base_spans_segmented') }}

),

-- what has nothing left is in the base alone
spans as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        arr
    from {{ ref('int_account_arr_spans_revalued') }}
    where arr <> 0

),

dips as (

    select * from {{ ref('int_base_dips_found') }}

),

windows as (
    {{- windows_listed() }}

),

-- a base or a pair adds its amounts in its first month and takes them away in the first month it no
-- longer holds
sides as (

    select 1 as sign

    union all

    select -1 as sign

),

base_sides as (

    select
        bases.segment_set_key,
        bases.is_customer,
        bases.is_parent,
        bases.rate_from_month_index,
        bases.rate_until_month_index,
        case
            when sides.sign = 1 then bases.from_month_index
            else bases.until_month_index
        end as month_index,
        sides.sign * bases.arr as base_arr,
        sides.sign as base_customers
    from bases
    cross join sides

),

-- the base is one series
base_changes as (

    select
        segment_set_key,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        month_index,
        sum(base_arr) as base_arr,
        sum(base_customers) as base_customers
    from base_sides
    group by
        segment_set_key,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        month_index

),

met as (

    select
        bases.segment_set_key,
        bases.is_customer,
        bases.is_parent,
        bases.rate_from_month_index,
        bases.rate_until_month_index,
        bases.from_month_index,
        bases.until_month_index,
        spans.from_month_index as now_from_month_index,
        spans.until_month_index as now_until_month_index,
        spans.arr as net_arr,
        greatest(0, least(bases.arr, spans.arr)) as gross_arr
    from bases
    inner join spans
        on
            bases.account_key = spans.account_key
            and bases.rate_from_month_index = spans.rate_from_month_index
            and bases.from_month_index < spans.until_month_index
            and bases.until_month_index + {{ longest_window() }} > spans.from_month_index

),

net_sides as (

    select
        met.segment_set_key,
        met.is_customer,
        met.is_parent,
        windows.window_months,
        case
            when sides.sign = 1 then {{ moved_on_from('met') | indent(8) }}
            else {{ moved_on_until('met') | indent(8) }}
        end as month_index,
        sides.sign * met.net_arr as net_arr,
        sides.sign * met.gross_arr as gross_arr,
        case when met.net_arr > 0 then sides.sign else 0 end as retained_customers,
        -- nobody below zero is in unbroken service
        case when met.net_arr < 0 then sides.sign * met.net_arr else 0 end as broken_net_arr
    from met
    cross join windows
    cross join sides
    where {{ is_met('met') }}

),

net_changes as (

    select
        segment_set_key,
        is_customer,
        is_parent,
        window_months,
        month_index,
        sum(net_arr) as net_arr,
        sum(gross_arr) as gross_arr,
        sum(retained_customers) as retained_customers,
        sum(broken_net_arr) as broken_net_arr
    from net_sides
    where month_index <= {{ last_published_month_index() }}
    group by segment_set_key, is_customer, is_parent, window_months, month_index

),

dip_sides as (

    select
        dips.segment_set_key,
        dips.is_customer,
        dips.is_parent,
        windows.window_months,
        case
            when sides.sign = 1 then {{ moved_on_from('dips') | indent(8) }}
            else {{ moved_on_until('dips') | indent(8) }}
        end as month_index,
        case when dips.lowest_arr <= 0 then sides.sign * dips.net_arr else 0 end as broken_net_arr,
        case
            when dips.lowest_arr <= 0 then sides.sign * least(dips.base_arr, dips.net_arr)
            else 0
        end as broken_gross_arr,
        sides.sign
        * (least(dips.base_arr, dips.net_arr) - greatest(0, dips.lowest_arr)) as dipped_arr
    from dips
    cross join windows
    cross join sides
    where {{ is_met('dips') }}

),

moved as (

    -- the base, looked at from the distance of each window, within its rates
    select
        base_changes.segment_set_key,
        base_changes.is_customer,
        base_changes.is_parent,
        windows.window_months,
        greatest(
            base_changes.rate_from_month_index,
            least(
                base_changes.rate_until_month_index,
                base_changes.month_index + windows.window_months
            )
        ) as month_index,
        base_changes.base_arr,
        base_changes.base_customers,
        0 as net_arr,
        0 as gross_arr,
        0 as retained_customers,
        0 as broken_net_arr,
        0 as broken_gross_arr,
        0 as dipped_arr
    from base_changes
    cross join windows

    union all

    select
        segment_set_key,
        is_customer,
        is_parent,
        window_months,
        month_index,
        0 as base_arr,
        0 as base_customers,
        net_arr,
        gross_arr,
        retained_customers,
        broken_net_arr,
        0 as broken_gross_arr,
        0 as dipped_arr
    from net_changes

    union all

    select
        segment_set_key,
        is_customer,
        is_parent,
        window_months,
        month_index,
        0 as base_arr,
        0 as base_customers,
        0 as net_arr,
        0 as gross_arr,
        0 as retained_customers,
        broken_net_arr,
        broken_gross_arr,
        dipped_arr
    from dip_sides

),

final as (

    select
        month_index,
        window_months,
        is_customer,
        is_parent,
        segment_set_key,
        cast(sum(base_arr) as {{ type_money() }}) as base_arr_change,
        cast(sum(base_customers) as bigint) as base_customers_change,
        cast(sum(net_arr) as {{ type_money() }}) as net_arr_change,
        cast(sum(gross_arr) as {{ type_money() }}) as gross_arr_change,
        cast(sum(retained_customers) as bigint) as retained_customers_change,
        cast(sum(net_arr - broken_net_arr) as {{ type_money() }}) as strict_net_arr_change,
        cast(sum(gross_arr - broken_gross_arr) as {{ type_money() }}) as strict_gross_arr_change,
        -- strict and lowest are gross but for the accounts with a dip
        cast(sum(gross_arr - dipped_arr) as {{ type_money() }}) as lowest_arr_change
    from moved
    where month_index <= {{ last_published_month_index() }}
    group by month_index, window_months, is_customer, is_parent, segment_set_key

)

select * from final
