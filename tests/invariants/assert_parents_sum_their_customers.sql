-- The ARR of an ultimate parent is the ARR of its customers, in every month: both begin and end
-- with the same amounts.
with parents as (

    select * from {{ ref('int_customer_parents') }}

),

customers as (

    select
        coalesce(parents.parent_customer_id, spans.account_id) as parent_customer_id,
        greatest(spans.from_month_index, coalesce(parents.from_month_index, 0))
            as from_month_index,
        least(
            {{ or_open('spans.until_month_index') }}, {{ or_open('parents.until_month_index') }}
        ) as until_month_index,
        spans.arr
    from {{ ref('int_account_spans') }} as spans
    left join parents
        on
            spans.account_id = parents.customer_id
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
    from {{ ref('int_account_spans') }}
    where is_parent

),

different as (
    {{- differing_changes(['parent_customer_id'], 'customers', 'rolled_up') }}

)

select
    different.parent_customer_id,
    months.date_month,
    different.customers_change,
    different.rolled_up_change
from different
left join {{ ref('int_calendar_months') }} as months
    on different.month_index = months.month_index
