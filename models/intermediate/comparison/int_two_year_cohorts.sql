-- Grain: one row per published month that ends a two-year window: ARR of the customers of its first
-- month, summed over the month ends of its first and of its second year.
-- long because plan rates allow a shorter way, which grows with months and not with customers
-- depends_on: {{ ref('int_account_spans') }}
-- depends_on: {{ ref('int_ledger_months') }}
{{ config(enabled=is_on('comparison')) }}
{%- if fx_mode() == 'month_end_rate' %}
with spans as (

    select
        account_key,
        rate_from_month_index,
        rate_until_month_index,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index,
        arr
    from {{ ref('int_account_spans_constant_currency') }}
    where is_customer

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

-- month ends of each year that a span covers
overlapping as (

    select
        spans.account_key,
        months.month_index,
        spans.arr,
        greatest(
            0,
            least(months.month_index - 11, spans.until_month_index)
            - greatest(months.month_index - 23, spans.from_month_index)
        ) as first_year_months,
        greatest(
            0,
            least(months.month_index + 1, spans.until_month_index)
            - greatest(months.month_index - 11, spans.from_month_index)
        ) as second_year_months,
        case
            when spans.from_month_index <= months.month_index - 23 then spans.arr
            else 0
        end as first_month_arr
    from spans
    inner join months
        on
            spans.rate_from_month_index <= months.month_index
            and spans.rate_until_month_index > months.month_index
            and spans.from_month_index <= months.month_index
            and spans.until_month_index > months.month_index - 23

),

customers as (

    select
        account_key,
        month_index,
        cast(sum(
            cast(arr * first_year_months as {{ type_money() }})
        ) as {{ type_money() }}) as first_year_arr,
        cast(sum(
            cast(arr * second_year_months as {{ type_money() }})
        ) as {{ type_money() }}) as second_year_arr
    from overlapping
    group by account_key, month_index
    having {{ is_active('max(first_month_arr)') }}

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

    select
        *,
        -- months so far in which it left: two months lie in unbroken service where this is equal
        sum(case when {{ is_inactive('arr') }} then 1 else 0 end) over (
            partition by account_key order by from_month_index
            rows between unbounded preceding and current row
        ) as lapse_count
    from {{ ref('int_account_spans') }}
    where is_customer

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

-- months a customer is active without a gap: it can begin a window in each of them
stays as (

    select
        account_key,
        lapse_count,
        min(from_month_index) as from_month_index,
        max(coalesce(until_month_index, {{ open_month_index() }})) as until_month_index
    from spans
    where {{ is_active('arr') }}
    group by account_key, lapse_count

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
        on stays.account_key = spans.account_key
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
