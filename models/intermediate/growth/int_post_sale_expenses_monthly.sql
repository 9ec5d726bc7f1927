-- Grain: one row per month and role with a landed post-sale expense, in the reporting currency.
-- a plan rate holds for every month, which stands as month 0. A month that is not published has no
-- month-end rate yet, and one with rates of two days counts once: two values are refused with lines
{{ config(enabled=is_on('growth', ['books', 'crm', 'post_sale_expenses'])) }}
{%- set by_month = fx_mode() == 'month_end_rate' %}
with expenses as (

    select
        *,
        {{ month_index('expense_date') }} as month_index,
        {{ month_index('expense_date') if by_month else 0 }} as rate_month_index
    from {{ ref('stg_reference__post_sale_expenses') }}
    where {{ month_index('expense_date') }} <= {{ last_published_month_index() }}

),

rates as (

    select
        currency,
        {{ month_index('month_end_date') if by_month else 0 }} as rate_month_index,
        max(rate_to_reporting_currency) as rate_to_reporting_currency
    from {{ ref('stg_reference__fx_rates') }}
    where month_end_date is {{ 'not null' if by_month else 'null' }}
    group by currency{{ ', ' ~ month_index('month_end_date') if by_month }}

),

converted as (

    select
        expenses.expense_role,
        expenses.month_index,
        expenses.currency,
        case
            when expenses.currency = '{{ reporting_currency() }}'
                then cast(expenses.amount as {{ type_money() }})
            else {{ converted_amount('expenses.amount', 'rates.rate_to_reporting_currency') }}
        end as expense
    from expenses
    left join rates
        on
            expenses.currency = rates.currency
            and expenses.rate_month_index = rates.rate_month_index

),

final as (

    select
        expense_role,
        month_index,
        cast(sum(coalesce(expense, {{ raise_error(
            "'Post-sale expenses are in ' || currency || ', which has no "
            ~ fx_mode() | replace('_', ' ') ~ ": add one to fx_rates'"
        ) }})) as {{ type_money() }}) as expense
    from converted
    group by expense_role, month_index

)

select * from final
