-- Grain: one row per customer and published month that ends a two-year window in whose first month
-- it had ARR: what it held at the month ends of both years, at the rates of the last month.
with spans as (

    select
        accounts.account_id,
        spans.rate_from_month_index,
        spans.rate_until_month_index,
        spans.from_month_index,
        {{ or_open('spans.until_month_index') }} as until_month_index,
        spans.arr
    from {{ ref('int_account_arr_spans_revalued') }} as spans
    inner join {{ ref('int_account_keys') }} as accounts
        on spans.account_key = accounts.account_key
    where spans.is_customer

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

-- month ends of each year on which a span lies
overlapping as (

    select
        spans.account_id,
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

final as (

    select
        account_id as customer_id,
        month_index,
        cast(sum(
            cast(arr * first_year_months as {{ type_money() }})
        ) as {{ type_money() }}) as first_year_arr,
        cast(sum(
            cast(arr * second_year_months as {{ type_money() }})
        ) as {{ type_money() }}) as second_year_arr
    from overlapping
    group by account_id, month_index
    having max(first_month_arr) > 0

)

select * from final
