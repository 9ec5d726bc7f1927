-- In every segment and month beginning + movements = ending, beginning is the ending of the month
-- before or 0 in the first month, and no month between the first of the ledger and the last
-- published one is missing.
with bridge as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_arr_bridge_monthly') }}

),

compared as (

    select
        segment_type,
        segment_value,
        month_index,
        beginning_arr,
        lag(ending_arr) over (
            partition by segment_type, segment_value order by month_index
        ) as ending_arr_before,
        lag(month_index) over (
            partition by segment_type, segment_value order by month_index
        ) as month_index_before,
        lead(month_index) over (
            partition by segment_type, segment_value order by month_index
        ) as month_index_after,
        beginning_arr
        {%- for movement_type in movement_types() %}
        + {{ movement_type }}_arr
        {%- endfor %} as beginning_and_movements,
        ending_arr
    from bridge

),

ledger as (

    select min(from_month_index) as first_month_index
    from {{ ref('int_account_spans') }}

)

select
    compared.segment_type,
    compared.segment_value,
    coalesce(compared.month_index, ledger.first_month_index) as month_index,
    compared.ending_arr_before,
    compared.beginning_arr,
    compared.beginning_and_movements,
    compared.ending_arr
from ledger
left join compared
    on ledger.first_month_index <= compared.month_index
where
    ledger.first_month_index is not null
    and (
        compared.month_index is null
        or compared.beginning_arr <> coalesce(compared.ending_arr_before, 0)
        or compared.beginning_and_movements <> compared.ending_arr
        or coalesce(compared.month_index_before, ledger.first_month_index - 1)
        <> compared.month_index - 1
        or coalesce(compared.month_index_after, {{ last_published_month_index() }} + 1)
        <> compared.month_index + 1
    )
