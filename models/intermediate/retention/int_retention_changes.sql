-- Grain: one row per month, window, grain of account and base segment set whose sums move.
-- long because what most accounts need is summed apart from what those with a dip need
{%- set base_key = 'segment_set_key, is_customer, is_parent' %}
{%- set key = base_key ~ ', window_months, month_index' %}
{%- set series = base_key ~ ', rate_from_month_index, rate_until_month_index' %}
{%- set kept = ['net_arr', 'gross_arr', 'retained_customers', 'broken_net_arr'] %}
{%- set dipped = ['broken_net_arr', 'broken_gross_arr', 'dipped_arr'] %}
{%- set has_left = is_inactive('dips.lowest_arr') %}
{%- set gross_arr = 'least(dips.arr, dips.net_arr)' %}
-- bases are named where they are read: what is read twice under one name is kept in memory
with windows as (
    {{- windows_listed() }}

),

-- a base or a pair enters the sums in its first month and leaves them in the first one after it
sides as (
    {{- sides_listed() }}

),

-- a base that stands still for longer than a window meets itself: the longest such window
base_changes as (

    select
        {{ series }},
        {{ begun_or_ended('bases.from_month_index', 'bases.until_month_index') }}
            as base_month_index,
        sides.sign,
        case
            when bases.until_month_index = bases.span_until_month_index
                then {{ longest_window_in('bases.from_month_index', 'bases.until_month_index') }}
            else 0
        end as held_months,
        sum({{ signed('bases.arr') }}) as base_arr,
        sum(sides.sign) as base_customers
    from {{ ref('int_retention_bases') }} as bases
    cross join sides
    group by {{ series }}, base_month_index, sides.sign, held_months

),

-- one series, looked at from the distance of each window
based as (

    select
        base_changes.*,
        windows.window_months,
        {{ within_rates('base_changes.base_month_index + windows.window_months') }} as month_index
    from base_changes
    cross join windows

),

-- what meets itself enters with its base and leaves when its ARR moves
held as (

    select
        {{ base_key }},
        window_months,
        case when sign = 1 then month_index else {{ within_rates('base_month_index') }} end
            as month_index,
        base_arr as net_arr,
        base_arr as gross_arr,
        base_customers as retained_customers
    from based
    where held_months >= window_months

),

-- all other pairs; what has nothing left is in the base alone
met as (

    select
        bases.*,
        spans.from_month_index as now_from_month_index,
        {{ or_open('spans.until_month_index') }} as now_until_month_index,
        spans.arr as net_arr,
        greatest(0, least(bases.arr, spans.arr)) as gross_arr
    from {{ ref('int_retention_bases') }} as bases
    inner join {{ ref(spans_at_one_rate()) }} as spans
        on
            bases.account_key = spans.account_key
            and bases.rate_from_month_index = spans.rate_from_month_index
            and bases.from_month_index < {{ or_open('spans.until_month_index') }}
            and bases.until_month_index + {{ longest_window() }} > spans.from_month_index
            and bases.until_month_index <> {{ or_open('spans.until_month_index') }}
            and spans.arr <> 0

),

kept as (

    select
        met.segment_set_key,
        met.is_customer,
        met.is_parent,
        windows.window_months,
        {{ begun_or_ended(moved_on_from('met'), moved_on_until('met')) }} as month_index,
        {{ signed('met.net_arr') }} as net_arr,
        {{ signed('met.gross_arr') }} as gross_arr,
        case when {{ is_active('met.net_arr') }} then sides.sign else 0 end as retained_customers,
        -- an account below zero is not in unbroken service
        case when met.net_arr < 0 then {{ signed('met.net_arr') }} else 0 end as broken_net_arr
    from met
    cross join windows
    cross join sides
    where {{ is_met('met') }}

),

dips as (

    select
        bases.*,
        found.now_from_month_index,
        found.now_until_month_index,
        found.net_arr,
        found.lowest_arr
    from {{ ref('int_retention_bases') }} as bases
    inner join {{ ref('int_arr_dips') }} as found
        on
            bases.account_key = found.account_key
            and bases.rate_from_month_index = found.rate_from_month_index
            and bases.span_from_month_index = found.span_from_month_index

),

-- strict and lowest are gross but for the accounts with a dip
dipped as (

    select
        dips.segment_set_key,
        dips.is_customer,
        dips.is_parent,
        windows.window_months,
        {{ begun_or_ended(moved_on_from('dips'), moved_on_until('dips')) }} as month_index,
        case when {{ has_left }} then {{ signed('dips.net_arr') }} else 0 end as broken_net_arr,
        case when {{ has_left }} then {{ signed(gross_arr) }} else 0 end as broken_gross_arr,
        {{ signed(gross_arr ~ ' - greatest(0, dips.lowest_arr)') }} as dipped_arr
    from dips
    cross join windows
    cross join sides
    where {{ is_met('dips') }}

),
{%- for part, measures in [('kept', kept), ('dipped', dipped)] %}

{{ part }}_changes as (

    select
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        {{ key }}
    from {{ part }}
    where month_index <= {{ last_published_month_index() }}
    group by {{ key }}

),
{%- endfor %}

moved as (
    {%- for part, told in [
        ('based', ['base_arr', 'base_customers']),
        ('held', ['net_arr', 'gross_arr', 'retained_customers']),
        ('kept_changes', kept), ('dipped_changes', dipped),
    ] %}

    select
        {%- for measure in retention_changes() %}
        {{ measure if measure in told else '0 as ' ~ measure }},
        {%- endfor %}
        {{ key }}
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        cast(sum(base_arr) as {{ type_money() }}) as base_arr_change,
        cast(sum(base_customers) as bigint) as base_customers_change,
        cast(sum(net_arr) as {{ type_money() }}) as net_arr_change,
        cast(sum(gross_arr) as {{ type_money() }}) as gross_arr_change,
        cast(sum(retained_customers) as bigint) as retained_customers_change,
        cast(sum(net_arr - broken_net_arr) as {{ type_money() }}) as strict_net_arr_change,
        cast(sum(gross_arr - broken_gross_arr) as {{ type_money() }}) as strict_gross_arr_change,
        cast(sum(gross_arr - dipped_arr) as {{ type_money() }}) as lowest_arr_change,
        {{ key }}
    from moved
    where month_index <= {{ last_published_month_index() }}
    group by {{ key }}

)

select * from final
