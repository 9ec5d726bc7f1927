-- The spans of every customer, product and currency hold the ARR of the lines in force on the last
-- day of each month, on the account of their customer then. Under
-- month-end rates it is valued at the rate landed for that day. Where both begin and end with the
-- same amounts in every month, they hold the same in every month.
with in_force as (
    {{- lines_in_force(['product_id', 'currency']) }}

),

spans as (
    {{- with_customer_key(ref('int_arr_spans')) }}

),

different as (
    {{- differing_changes(['customer_key', 'product_id', 'currency'], 'in_force', 'spans') }}

)

select
    accounts.account_id as customer_id,
    different.product_id,
    different.currency,
    months.date_month,
    different.in_force_change,
    different.spans_change
from different
left join {{ ref('int_account_keys') }} as accounts
    on different.customer_key = accounts.account_key
left join {{ ref('int_calendar_months') }} as months
    on different.month_index = months.month_index
