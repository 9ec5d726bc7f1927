-- Grain: one row per month, window, grain of account and base segment set whose sums move.
-- long because what most accounts need is summed apart from what those with a dip need
{%- set key = 'segment_set_key, is_customer, is_parent, window_months, month_index' %}
{%- set base_key = 'segment_set_key, is_customer, is_parent, '
    ~ 'rate_from_month_index, rate_until_month_index' %}
{%- set summed = {
    'kept': ['net_arr', 'gross_arr', 'retained_customers', 'broken_net_arr'],
    'dipped': ['broken_net_arr', 'broken_gross_arr', 'dipped_arr'],
} %}
{%- set has_left = is_inactive('dips.lowest_arr') %}
{%- set dipped_gross_arr = 'least(dips.arr, dips.net_arr)' %}
-- bases are named where they are read: what is read twice under one name is kept in memory
-- what has nothing left is in the base alone
with spans as (

    select
        account_key,
        rate_from_month_index,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        arr
    from {{ ref(spans_at_one_rate()) }}
    where arr <> 0

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

windows as (
    {{- windows_listed() }}

),

-- a base or a pair enters the sums in its first month and leaves them in the first one after it
sides as (
    {{- sides_listed() }}

),

base_changes as (

    select
        {{ base_key }},
        {{ begun_or_ended('bases.from_month_index', 'bases.until_month_index') }} as month_index,
        sum({{ signed('bases.arr') }}) as base_arr,
        sum(sides.sign) as base_customers
    from {{ ref('int_retention_bases') }} as bases
    cross join sides
    group by
        {{ base_key }},
        {{ begun_or_ended('bases.from_month_index', 'bases.until_month_index') }}

),

-- one series, looked at from the distance of each window, within its rates
based as (

    select
        moves.segment_set_key,
        moves.is_customer,
        moves.is_parent,
        windows.window_months,
        greatest(
            moves.rate_from_month_index,
            least(moves.rate_until_month_index, moves.month_index + windows.window_months)
        ) as month_index,
        moves.base_arr,
        moves.base_customers
    from base_changes as moves
    cross join windows

),

met as (

    select
        bases.*,
        spans.from_month_index as now_from_month_index,
        spans.until_month_index as now_until_month_index,
        spans.arr as net_arr,
        greatest(0, least(bases.arr, spans.arr)) as gross_arr
    from {{ ref('int_retention_bases') }} as bases
    inner join spans
        on
            bases.account_key = spans.account_key
            and bases.rate_from_month_index = spans.rate_from_month_index
            and bases.from_month_index < spans.until_month_index
            and bases.until_month_index + {{ longest_window() }} > spans.from_month_index

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

-- strict and lowest are gross but for the accounts with a dip
dipped as (

    select
        dips.segment_set_key,
        dips.is_customer,
        dips.is_parent,
        windows.window_months,
        {{ begun_or_ended(moved_on_from('dips'), moved_on_until('dips')) }} as month_index,
        case when {{ has_left }} then {{ signed('dips.net_arr') }} else 0 end as broken_net_arr,
        case when {{ has_left }} then {{ signed(dipped_gross_arr) }} else 0 end
            as broken_gross_arr,
        {{ signed(dipped_gross_arr ~ ' - greatest(0, dips.lowest_arr)') }} as dipped_arr
    from dips
    cross join windows
    cross join sides
    where {{ is_met('dips') }}

),
{%- for part, measures in summed.items() %}

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
        ('kept_changes', summed.kept), ('dipped_changes', summed.dipped),
    ] %}

    select
        {%- for measure in retention_changes() %}
        {{ measure if measure in told else '0 as ' ~ measure }},
        {%- endfor %}
        {{ key }}
    from {{ part }}
    {% if not loop.last %}
    union all
    {%- endif %}
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
