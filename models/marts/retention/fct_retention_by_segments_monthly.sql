-- Grain: one row per published month, window and set of segment columns and owners at the base
-- month with a base.
with changes as (

    select * from {{ ref('int_retention_changes') }}
    where is_customer

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

summed as (

    select
        segment_set_key,
        window_months,
        month_index,
        sum(base_arr_change) as base_arr,
        sum(net_arr_change) as net_retained_arr,
        sum(gross_arr_change) as gross_retained_arr,
        sum(base_customers_change) as base_customers,
        sum(retained_customers_change) as retained_customers
    from changes
    group by segment_set_key, window_months, month_index

),

balances as (

    select
        window_months,
        month_index as from_month_index,
        {{ or_open(
            'lead(month_index) over ('
            ~ 'partition by segment_set_key, window_months order by month_index)'
        ) }} as until_month_index,
        {%- for measure, type in {
            'base_arr': type_money(),
            'net_retained_arr': type_money(),
            'gross_retained_arr': type_money(),
            'base_customers': 'bigint',
            'retained_customers': 'bigint',
        }.items() %}
        cast(sum({{ measure }}) over (
            partition by segment_set_key, window_months order by month_index
            rows between unbounded preceding and current row
        ) as {{ type }}) as {{ measure }},
        {%- endfor %}
        segment_set_key
    from summed

),

final as (

    select
        months.date_month,
        balances.window_months,
        {{- segments_of('sets') }}
        sets.csm_owner_id,
        sets.am_owner_id,
        sets.coverage,
        sets.segment_set_key,
        balances.base_arr,
        balances.net_retained_arr,
        balances.gross_retained_arr,
        balances.base_customers,
        balances.retained_customers
    from balances
    inner join months
        on
            balances.from_month_index <= months.month_index
            and balances.until_month_index > months.month_index
    inner join sets
        on balances.segment_set_key = sets.segment_set_key
    where balances.base_customers > 0

)

select * from final
