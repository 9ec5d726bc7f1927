-- The ARR of an ultimate parent is the ARR of its customers, in every month: both begin and end
-- with the same amounts.
with sides as (
    {{- sides_listed() }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

parents as (

    select * from {{ ref('int_customer_parents') }}

),

customers as (

    select
        coalesce(parents.parent_customer_id, accounts.account_id) as parent_customer_id,
        greatest(spans.from_month_index, coalesce(parents.from_month_index, 0))
            as from_month_index,
        least(
            {{ or_open('spans.until_month_index') }}, {{ or_open('parents.until_month_index') }}
        ) as until_month_index,
        spans.arr
    from {{ ref('int_account_spans') }} as spans
    inner join accounts
        on spans.account_key = accounts.account_key
    left join parents
        on
            accounts.account_id = parents.customer_id
            and {{ or_open('spans.until_month_index') }} > parents.from_month_index
            and spans.from_month_index < {{ or_open('parents.until_month_index') }}
    where spans.is_customer

),

rolled_up as (

    select
        account_id as parent_customer_id,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        arr
    from {{ ref('int_account_arr_spans') }}
    where is_parent

),

both_sources as (

    select
        parent_customer_id,
        from_month_index,
        until_month_index,
        arr as customer_arr,
        0 as parent_arr
    from customers

    union all

    select
        parent_customer_id,
        from_month_index,
        until_month_index,
        0 as customer_arr,
        arr as parent_arr
    from rolled_up

),

compared as (

    select
        both_sources.parent_customer_id,
        {{ begun_or_ended('both_sources.from_month_index', 'both_sources.until_month_index') }}
            as month_index,
        sides.sign * both_sources.customer_arr as customer_arr,
        sides.sign * both_sources.parent_arr as parent_arr
    from both_sources
    cross join sides

),

different as (

    select
        parent_customer_id,
        month_index,
        sum(customer_arr) as change_of_customers,
        sum(parent_arr) as change_of_parent
    from compared
    where month_index <= {{ last_published_month_index() }}
    group by parent_customer_id, month_index
    having sum(customer_arr) <> sum(parent_arr)

)

select
    different.parent_customer_id,
    months.date_month,
    different.change_of_customers,
    different.change_of_parent
from different
left join {{ ref('int_calendar_months') }} as months
    on different.month_index = months.month_index
