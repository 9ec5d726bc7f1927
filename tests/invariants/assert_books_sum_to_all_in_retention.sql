-- The books of each role sum to the base, net, gross and logos of all, in every month and window:
-- every customer is in one book of a role, if only in the unassigned one.
{%- set measures = [
    'base_arr', 'base_customers', 'net_retained_arr', 'gross_retained_arr', 'retained_customers'
] %}
with roles as (

    select 'csm' as owner_role

    union all

    select 'am' as owner_role

),

all_customers as (

    select
        roles.owner_role,
        published.*
    from {{ ref('rpt_ndr_grr_monthly') }} as published
    cross join roles
    where published.segment_type = 'all'

),

summed as (

    select
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        date_month,
        window_months,
        owner_role
    from {{ ref('rpt_book_retention_monthly') }}
    group by date_month, window_months, owner_role

)

select
    {%- for measure in measures %}
    all_customers.{{ measure }} as {{ measure }}_of_all,
    summed.{{ measure }} as {{ measure }}_of_books,
    {%- endfor %}
    coalesce(all_customers.date_month, summed.date_month) as date_month,
    coalesce(all_customers.window_months, summed.window_months) as window_months,
    coalesce(all_customers.owner_role, summed.owner_role) as owner_role
from all_customers
full join summed
    on
        all_customers.date_month = summed.date_month
        and all_customers.window_months = summed.window_months
        and all_customers.owner_role = summed.owner_role
where
    all_customers.date_month is null
    -- an empty base has no books
    {%- for measure in measures %}
    or all_customers.{{ measure }} <> coalesce(summed.{{ measure }}, 0)
    {%- endfor %}
