-- Grain: one row per role, owner and customer among the largest of the book, as of the last
-- published month.
{{ config(enabled=is_on('books', ['crm', 'renewals'])) }}
with book_customers as (

    select * from {{ ref('int_book_customers') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

bands as (

    select
        customer_id,
        min(next_term_end_date) as next_term_end_date
    from {{ ref('int_customer_renewal_bands') }}
    group by customer_id

),

months as (

    select * from {{ ref('int_ledger_months') }}
    where month_index = {{ last_published_month_index() }}

),

ranked as (

    select
        *,
        rank() over (partition by owner_role, owner_id order by arr desc) as rank_in_book,
        sum(arr) over (partition by owner_role, owner_id) as book_arr,
        sum(arr) over (partition by owner_role) as total_arr
    from book_customers

),

final as (

    select
        months.date_month,
        ranked.owner_role,
        ranked.owner_id,
        ranked.customer_id,
        customers.customer_name,
        cast(ranked.rank_in_book as bigint) as rank_in_book,
        ranked.arr,
        {{ ratio('ranked.arr', 'ranked.book_arr') }} as share_of_book,
        {{ ratio('ranked.arr', 'ranked.total_arr') }} as share_of_all,
        bands.next_term_end_date
    from ranked
    cross join months
    left join customers
        on ranked.customer_id = customers.customer_id
    left join bands
        on ranked.customer_id = bands.customer_id
    where ranked.rank_in_book <= {{ key_accounts_per_book() }}

)

select * from final
