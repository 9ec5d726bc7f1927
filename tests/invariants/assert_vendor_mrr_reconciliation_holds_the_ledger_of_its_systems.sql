-- The ledger's side of the reconciliation is, system by system and month by month, the ARR of the
-- lines in force: from the first to the last published month of the ledger.
with systems as (

    select distinct source_system
    from {{ ref('int_vendor_item_changes') }}

),

months as (

    select
        systems.source_system,
        ledger_months.month_index
    from {{ ref('int_ledger_months') }} as ledger_months
    cross join systems

),

in_ledger as (

    select
        months.source_system,
        months.month_index,
        coalesce(sum(lines.arr), 0) as ledger_arr
    from months
    left join {{ ref('int_arr_lines') }} as lines
        on
            months.source_system = lines.source_system
            and months.month_index >= lines.from_month_index
            and months.month_index < {{ or_open('lines.until_month_index') }}
    group by months.source_system, months.month_index

),

reconciled as (

    select
        source_system,
        {{ month_index('date_month') }} as month_index,
        sum(ledger_arr) as ledger_arr
    from {{ ref('rpt_vendor_mrr_reconciliation') }}
    group by source_system, {{ month_index('date_month') }}

)

select
    coalesce(in_ledger.source_system, reconciled.source_system) as source_system,
    coalesce(in_ledger.month_index, reconciled.month_index) as month_index,
    in_ledger.ledger_arr,
    reconciled.ledger_arr as reconciled_arr
from in_ledger
full join reconciled
    on
        in_ledger.source_system = reconciled.source_system
        and in_ledger.month_index = reconciled.month_index
where coalesce(in_ledger.ledger_arr, 0) <> coalesce(reconciled.ledger_arr, 0)
