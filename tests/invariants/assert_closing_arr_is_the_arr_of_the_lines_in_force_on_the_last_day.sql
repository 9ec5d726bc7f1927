-- Closing ARR of every customer and month is the ARR of the lines in force on its last day: start
-- <= last day < end, on the account of their customer then. Under
-- month-end rates it is valued at the rate landed for that day. Where both begin and end with the
-- same amounts in every month, they hold the same in every month.
with in_force as (
    {{- lines_in_force([]) }}

),

published_spans as (
    {{- with_customer_key(ref('fct_customer_arr_spans')) }}

),

published as (

    select
        customer_key,
        {{ month_index('from_month') }} as from_month_index,
        {{ month_index('until_month') }} as until_month_index,
        arr
    from published_spans

),

different as (
    {{- differing_changes(['customer_key'], 'in_force', 'published') }}

)

select
    accounts.account_id as customer_id,
    months.date_month,
    different.in_force_change,
    different.published_change
from different
left join {{ ref('int_account_keys') }} as accounts
    on different.customer_key = accounts.account_key
left join {{ ref('int_calendar_months') }} as months
    on different.month_index = months.month_index
