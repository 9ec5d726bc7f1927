-- Grain: one row per published month and set of segment columns and owners with ARR or customers at
-- the end of the month.
with changes as (

    select
        segment_set_key,
        month_index,
        sum(arr_change) as arr_change,
        sum(customers_change) as customers_change
    from {{ ref('int_arr_movements_by_segment') }}
    group by segment_set_key, month_index

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

balances as (

    select
        segment_set_key,
        month_index as from_month_index,
        {{ or_open(
            'lead(month_index) over (partition by segment_set_key order by month_index)'
        ) }} as until_month_index,
        cast(sum(arr_change) over (
            partition by segment_set_key order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        cast(sum(customers_change) over (
            partition by segment_set_key order by month_index
            rows between unbounded preceding and current row
        ) as bigint) as customers
    from changes

),

final as (

    select
        months.date_month,
        {{- segments_of('sets') }}
        sets.csm_owner_id,
        sets.am_owner_id,
        sets.coverage,
        sets.segment_set_key,
        balances.arr,
        {{ mrr_of('balances.arr') }} as mrr,
        balances.customers
    from balances
    inner join months
        on
            balances.from_month_index <= months.month_index
            and balances.until_month_index > months.month_index
    inner join sets
        on balances.segment_set_key = sets.segment_set_key
    where
        balances.arr <> 0
        or balances.customers <> 0

)

select * from final
