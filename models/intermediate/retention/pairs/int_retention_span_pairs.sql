-- Grain: one row per account, window, base segment set and stretch of months [from, until) of "now"
-- in which both the ARR of the base month and the ARR now stand still, both at the rates of now. A
-- churned account keeps its pair: its ARR now is zero.
-- long because three stretches of months are laid over each other.
with bases as (

    select * from {{ ref('int_base_spans_segmented') }}

),

spans as (

    select * from {{ ref('int_account_arr_spans_revalued') }}

),

windows as (
    {%- for months in retention_windows() %}
    select {{ months }} as window_months
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- the lowest ARR among the spans that begin within one window before this span began, itself
-- included
looking_back as (

    select
        account_id,
        is_customer,
        rate_from_month_index,
        from_month_index,
        coalesce(until_month_index, {{ open_month_index() }}) as until_month_index,
        arr,
        {%- for months in retention_windows() %}
        min(arr) over (
            partition by account_id, is_customer, rate_from_month_index order by from_month_index
            range between {{ months - 1 }} preceding and current row
        ) as lowest_arr_{{ months }}_months_back,
        {%- endfor %}
        lapse_count
    from spans

),

final as (

    select
        bases.account_id,
        bases.is_customer,
        bases.is_parent,
        bases.segment_set_key,
        windows.window_months,
        greatest(
            bases.from_month_index + windows.window_months,
            now.from_month_index,
            bases.rate_from_month_index
        ) as from_month_index,
        least(
            bases.until_month_index + windows.window_months,
            now.until_month_index,
            bases.rate_until_month_index
        ) as until_month_index,
        bases.arr as base_arr,
        now.arr as net_arr,
        greatest(0, least(bases.arr, now.arr)) as gross_arr,
        now.lapse_count = bases.lapse_count as is_unbroken,
        -- every span that begins after the base and up to now, seen from whichever end lies further
        -- out
        greatest(0, least(bases.arr, coalesce(
            case
                {%- for months in retention_windows() %}
                when
                    windows.window_months = {{ months }}
                    and now.from_month_index >= bases.span_from_month_index + {{ months }}
                    then now.lowest_arr_{{ months }}_months_back
                when windows.window_months = {{ months }}
                    then bases.lowest_arr_{{ months }}_months_on
                {%- endfor %}
            end,
            bases.arr
        ))) as lowest_arr
    from bases
    cross join windows
    inner join looking_back as now
        on
            bases.account_id = now.account_id
            and bases.is_customer = now.is_customer
            and bases.rate_from_month_index = now.rate_from_month_index
            and bases.from_month_index + windows.window_months < now.until_month_index
            and bases.until_month_index + windows.window_months > now.from_month_index
    {%- if fx_mode() == 'month_end_rate' %}
            and bases.from_month_index + windows.window_months < bases.rate_until_month_index
            and bases.until_month_index + windows.window_months > bases.rate_from_month_index
            and now.from_month_index < bases.rate_until_month_index
            and now.until_month_index > bases.rate_from_month_index
    {%- endif %}

)

select * from final
