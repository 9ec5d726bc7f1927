-- Grain: one row per published month with a year behind it and post-sale role.
-- long because three sums over twelve months meet: expense, expansion, what was kept
{{ config(enabled=is_on('growth', ['books', 'crm', 'post_sale_expenses'])) }}
with expenses as (

    select * from {{ ref('int_post_sale_expenses_monthly') }}

),

coverage as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('rpt_book_coverage_monthly') }}

),

roles as (

    select expense_role
    from expenses

    union distinct

    select 'csm' as expense_role

    union distinct

    select 'am' as expense_role

),

-- the customers a role looks after: its own, or all where the role has no books
looked_after as (

    select
        roles.expense_role,
        coverage.*,
        case
            when
                roles.expense_role not in ('csm', 'am')
                or coverage.coverage = 'both'
                or coverage.coverage = roles.expense_role || '_only'
                then 1
            else 0
        end as is_covered
    from roles
    cross join coverage

),

covered as (

    select
        expense_role,
        month_index,
        date_month,
        sum(is_covered * expansion_arr) as expansion_arr,
        sum(is_covered * base_arr) as base_arr,
        sum(is_covered * base_customers) as base_customers,
        sum(is_covered * gross_retained_arr) as gross_retained_arr
    from looked_after
    group by expense_role, month_index, date_month

),

over_a_year as (

    select
        covered.expense_role,
        covered.date_month,
        covered.base_arr,
        covered.base_customers,
        covered.gross_retained_arr,
        sum(covered.expansion_arr) over (
            partition by covered.expense_role order by covered.month_index
            rows between 11 preceding and current row
        ) as expansion_arr,
        sum(expenses.expense) over (
            partition by covered.expense_role order by covered.month_index
            rows between 11 preceding and current row
        ) as expense,
        count(expenses.expense) over (
            partition by covered.expense_role order by covered.month_index
            rows between 11 preceding and current row
        ) as months_known,
        row_number() over (
            partition by covered.expense_role order by covered.month_index
        ) as months_of_history
    from covered
    left join expenses
        on
            covered.expense_role = expenses.expense_role
            and covered.month_index = expenses.month_index

),

judged as (

    select
        *,
        case when months_known = 12 then expense end as known_expense
    from over_a_year
    where months_of_history >= 12

),

final as (

    select
        date_month,
        expense_role,
        cast(months_known as integer) as months_known,
        case
            when months_known = 12 then 'known'
            when months_known > 0 then 'partly known'
            else 'not known'
        end as expense_state,
        cast(known_expense as {{ type_money() }}) as expense,
        cast(expansion_arr as {{ type_money() }}) as expansion_arr,
        cast(base_arr as {{ type_money() }}) as base_arr,
        cast(base_customers as bigint) as base_customers,
        cast(gross_retained_arr as {{ type_money() }}) as gross_retained_arr,
        {{ ratio('expansion_arr', 'known_expense') }} as expansion_per_expense,
        {{ ratio('gross_retained_arr', 'known_expense') }} as retained_per_expense
    from judged

)

select * from final
