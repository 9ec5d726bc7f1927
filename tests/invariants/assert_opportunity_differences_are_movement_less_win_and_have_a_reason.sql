-- A difference is the movement less what was won, agreement and timing are a difference of zero,
-- and the reason is one of this reconciliation.
with rows_of_mart as (

    select * from {{ ref('rpt_opportunity_reconciliation') }}

),

reasons as (

    select reason_class
    from {{ ref('reconciliation_reasons') }}
    where reconciliation = 'opportunities'

)

select
    rows_of_mart.customer_id,
    rows_of_mart.date_month,
    rows_of_mart.reason_class,
    rows_of_mart.difference_arr
from rows_of_mart
left join reasons
    on rows_of_mart.reason_class = reasons.reason_class
where
    reasons.reason_class is null
    or rows_of_mart.difference_arr <> rows_of_mart.movement_arr - rows_of_mart.opportunity_arr
    or (rows_of_mart.reason_class in ('agrees', 'timing') and rows_of_mart.difference_arr <> 0)
    or (rows_of_mart.movement_type is null and rows_of_mart.opportunities < 1)
