-- The renewal bands of the books of each role sum to the closing ARR of the last published month:
-- every line is in one band, and every customer in one book of a role.
with roles as (

    select 'all' as owner_role

    union all

    select 'csm' as owner_role

    union all

    select 'am' as owner_role

),

closing as (

    select
        roles.owner_role,
        bridge.ending_arr
    from {{ ref('rpt_arr_bridge_monthly') }} as bridge
    cross join roles
    where
        bridge.segment_type = 'all'
        and {{ month_index('bridge.date_month') }} = {{ last_published_month_index() }}

),

banded as (

    select
        owner_role,
        sum(arr) as arr
    from {{ ref('rpt_book_renewal_bands') }}
    group by owner_role

)

select
    coalesce(closing.owner_role, banded.owner_role) as owner_role,
    closing.ending_arr,
    banded.arr
from closing
full join banded
    on closing.owner_role = banded.owner_role
where
    closing.owner_role is null
    or closing.ending_arr <> coalesce(banded.arr, 0)
