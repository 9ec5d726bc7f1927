-- What comes in is above zero, what goes out below; new and reactivation open at zero, churn closes
-- there and takes all of the opening; expansion and contraction have ARR on both sides; fx and
-- transfers go either way. Movements that touch a balance below zero are left out.
with movements as (

    select * from {{ ref('fct_arr_movements') }}

),

wrong as (

    select
        customer_id,
        date_month,
        movement_type,
        beginning_arr,
        arr_change,
        ending_arr
    from movements
    where
        beginning_arr >= 0
        and ending_arr >= 0
        and not case
            when movement_type in ('new', 'reactivation', 'opening_balance')
                then arr_change > 0 and beginning_arr = 0
            when movement_type = 'churn'
                then arr_change < 0 and ending_arr = 0 and arr_change = -beginning_arr
            when movement_type = 'expansion'
                then arr_change > 0 and beginning_arr > 0 and ending_arr > 0
            when movement_type = 'contraction'
                then arr_change < 0 and beginning_arr > 0 and ending_arr > 0
            when movement_type in ('fx', 'transfer') then arr_change <> 0
            else false
        end

),

changes as (

    select count(*) as change_count
    from {{ ref('int_account_spans') }}

),

counted as (

    select count(*) as movement_count
    from movements

)

select * from wrong

union all

select
    'no movement although the ledger has changes' as customer_id,
    cast(null as date) as date_month,
    cast(null as {{ dbt.type_string() }}) as movement_type,
    cast(null as {{ type_money() }}) as beginning_arr,
    cast(null as {{ type_money() }}) as arr_change,
    cast(null as {{ type_money() }}) as ending_arr
from changes
cross join counted
where
    changes.change_count > 0
    and counted.movement_count = 0
