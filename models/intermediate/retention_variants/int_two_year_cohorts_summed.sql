-- Grain: one row per published month that ends a two-year window: what the customers of the first
-- month of the window held at the month ends of its first and of its second year.
-- long because a plan rate takes a shorter way, which grows with months and not with customers.
-- depends_on: {{ ref('int_account_arr_spans') }}
-- depends_on: {{ ref('int_ledger_months') }}
-- depends_on: {{ ref('int_two_year_customers_revalued') }}
{%- if fx_mode() == 'month_end_rate' %}
with customers as (

    select * from {{ ref('int_two_year_customers_revalued') }}

),

final as (

    select
        month_index,
        cast(count(*) as bigint) as base_customers,
        cast(sum(first_year_arr) as {{ type_money() }}) as first_year_arr,
        cast(sum(second_year_arr) as {{ type_money() }}) as second_year_arr
    from customers
    group by month_index

)
{%- else %}
with spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where is_customer

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

-- months in which a customer is there without a break: it can begin a window in each of them
stays as (

    select
        account_id,
        lapse_count,
        min(from_month_index) as from_month_index,
        max(coalesce(until_month_index, {{ open_month_index() }})) as until_month_index
    from spans
    where {{ is_active('arr') }}
    group by account_id, lapse_count

),

-- alike stays and changes are one row: what follows grows with months, not with customers
changes as (

    select
        stays.from_month_index,
        stays.until_month_index,
        spans.from_month_index as changed_month_index,
        cast(sum(spans.arr_change) as {{ type_money() }}) as arr_change,
        cast(count(*) as bigint) as customers
    from stays
    inner join spans
        on stays.account_id = spans.account_id
    group by stays.from_month_index, stays.until_month_index, spans.from_month_index

),

-- a change counts at every month end of a year that comes after it
weighted as (

    select
        months.month_index + 23 as month_index,
        changes.arr_change,
        greatest(
            0, least(12, months.month_index + 12 - changes.changed_month_index)
        ) as first_year_months,
        greatest(
            0, least(12, months.month_index + 24 - changes.changed_month_index)
        ) as second_year_months,
        -- every stay begins with one change of its customer
        case
            when changes.changed_month_index = changes.from_month_index then changes.customers
            else 0
        end as customers
    from months
    inner join changes
        on
            months.month_index >= changes.from_month_index
            and months.month_index < changes.until_month_index
    where months.month_index + 23 <= {{ last_published_month_index() }}

),

final as (

    select
        month_index,
        cast(sum(customers) as bigint) as base_customers,
        cast(sum(
            cast(arr_change * first_year_months as {{ type_money() }})
        ) as {{ type_money() }}) as first_year_arr,
        cast(sum(
            cast(arr_change * second_year_months as {{ type_money() }})
        ) as {{ type_money() }}) as second_year_arr
    from weighted
    group by month_index

)
{%- endif %}

select * from final
