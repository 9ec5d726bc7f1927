-- Grain: one row per account, counted line and span of months in which the line belongs to the
-- account.
with holdings as (

    select
        source_system,
        line_id,
        customer_id,
        currency,
        arr_in_line_currency,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index
    from {{ ref(arr_lines()) }}

),

accounts as (

    select distinct
        account_key,
        account_id,
        is_customer,
        is_parent
    from {{ ref('int_account_spans') }}

),

parents as (

    select
        customer_id,
        parent_customer_id,
        from_month_index,
        {{ or_open('until_month_index') }} as until_month_index
    from {{ ref('int_customer_parents') }}

),

held as (

    select
        accounts.account_key,
        accounts.account_id,
        accounts.is_customer,
        accounts.is_parent,
        holdings.source_system,
        holdings.line_id,
        holdings.currency,
        holdings.arr_in_line_currency,
        holdings.from_month_index,
        holdings.until_month_index
    from holdings
    inner join accounts
        on holdings.customer_id = accounts.account_id
    where accounts.is_customer

    union all

    select
        accounts.account_key,
        accounts.account_id,
        accounts.is_customer,
        accounts.is_parent,
        holdings.source_system,
        holdings.line_id,
        holdings.currency,
        holdings.arr_in_line_currency,
        greatest(holdings.from_month_index, parents.from_month_index) as from_month_index,
        least(holdings.until_month_index, parents.until_month_index) as until_month_index
    from holdings
    inner join parents
        on holdings.customer_id = parents.customer_id
    inner join accounts
        on parents.parent_customer_id = accounts.account_id
    where not accounts.is_customer

),

-- what does not end after it began is in no month end: the customer was in the group at
-- another time, or the line only passes through an account in the month it ends
final as (

    select * from held
    where from_month_index < until_month_index

)

select * from final
