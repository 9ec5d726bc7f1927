-- Grain: one row per published month from the first ARR of the ledger on.
with months as (

    select * from {{ ref('int_calendar_months') }}

),

first_change as (

    select min(from_month_index) as month_index
    from {{ ref('int_account_spans') }}

),

final as (

    select
        months.month_index,
        months.date_month
    from months
    cross join first_change
    where
        months.month_index >= first_change.month_index
        and months.is_published

)

select * from final
