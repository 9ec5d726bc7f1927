-- Grain: one row per customer, product, currency and span of months with one ARR.
with changes as (

    select
        customer_key,
        product_key,
        currency_key,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        {{ posted_by('fx') }} as fx_change,
        {{ posted_by('transfer') }} as transfer_change
    from {{ ref('int_arr_postings') }}
    group by customer_key, product_key, currency_key, month_index
    having sum(arr_change) <> 0 or {{ posted_by('fx') }} <> 0 or {{ posted_by('transfer') }} <> 0

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

products as (
    {{- products_of_kinds() }}

),

currencies as (

    select * from {{ ref('int_currency_rates') }}

),

final as (

    select
        accounts.account_id as customer_id,
        products.product_id,
        products.product_family,
        currencies.currency,
        changes.month_index as from_month_index,
        lead(changes.month_index) over (
            partition by changes.customer_key, changes.product_key, changes.currency_key
            order by changes.month_index
        ) as until_month_index,
        cast(sum(changes.arr_change) over (
            partition by changes.customer_key, changes.product_key, changes.currency_key
            order by changes.month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr,
        changes.arr_change,
        changes.fx_change,
        changes.transfer_change
    from changes
    inner join accounts
        on changes.customer_key = accounts.account_key
    inner join products
        on changes.product_key = products.product_key
    inner join currencies
        on changes.currency_key = currencies.currency_key

)

select * from final
