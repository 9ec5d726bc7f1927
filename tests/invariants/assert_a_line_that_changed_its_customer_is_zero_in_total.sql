-- changed_customer takes from one customer what it gives to another.
with moves as (

    select * from {{ ref('fct_arr_restatements') }}
    where cause = 'changed_customer'

)

select
    date_month,
    source_system,
    line_id,
    sum(restatement_arr) as restatement_arr,
    count(*) as sides
from moves
group by date_month, source_system, line_id
having sum(restatement_arr) <> 0 or count(*) <> 2
