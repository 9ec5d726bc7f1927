-- The fx row of a customer and month is the difference that the rates of the month make on what it
-- held at the end of the month before, line by line, also on lines that end in the month; where no
-- rate moved, and under plan rates, there is none. Recomputed from lines and landed rates.
with movements as (

    select
        customer_id,
        {{ month_index('date_month') }} as month_index,
        arr_change
    from {{ ref('fct_arr_movements') }}
    where movement_type = 'fx'

),
{%- if fx_mode() == 'month_end_rate' %}

-- what was held at the end of the month before, then and now
looks as (

    select
        month_index - 1 as month_index,
        month_index as rate_month_index
    from {{ ref('int_ledger_months') }}

    union all

    select
        month_index,
        month_index as rate_month_index
    from {{ ref('int_ledger_months') }}

),

balances as (
    {{ balances_seen_from('looks') }}
),

recomputed as (

    select
        accounts.account_id as customer_id,
        now.rate_month_index as month_index,
        now.arr - was.arr as arr_change
    from balances as now
    inner join balances as was
        on
            now.customer_key = was.customer_key
            and now.month_index = was.month_index
            and was.month_index = was.rate_month_index
    inner join {{ ref('int_account_keys') }} as accounts
        on now.customer_key = accounts.account_key
    where
        now.month_index < now.rate_month_index
        and now.arr <> was.arr

)
{%- else %}

recomputed as (

    select * from movements
    where 1 = 0

)
{%- endif %}

select
    coalesce(recomputed.customer_id, movements.customer_id) as customer_id,
    coalesce(recomputed.month_index, movements.month_index) as month_index,
    recomputed.arr_change as recomputed_change,
    movements.arr_change
from recomputed
full join movements
    on
        recomputed.customer_id = movements.customer_id
        and recomputed.month_index = movements.month_index
where coalesce(recomputed.arr_change, 0) <> coalesce(movements.arr_change, 0)
