-- Grain: one row per role, owner and band of months to renewal, as of the last published month.
{{ config(enabled=is_on('books', ['crm', 'renewals'])) }}
with customers as (

    select * from {{ ref('int_book_customers') }}

),

bands as (

    select * from {{ ref('int_customer_renewal_bands') }}

),

months as (

    select * from {{ ref('int_ledger_months') }}
    where month_index = {{ last_published_month_index() }}

),

summed as (

    select
        customers.owner_role,
        customers.owner_id,
        bands.renewal_band,
        cast(sum(bands.arr) as {{ type_money() }}) as arr,
        cast(count(*) as bigint) as customers,
        min(bands.next_term_end_date) as next_term_end_date
    from customers
    inner join bands
        on customers.customer_id = bands.customer_id
    group by customers.owner_role, customers.owner_id, bands.renewal_band

),

final as (

    select
        months.date_month,
        summed.owner_role,
        summed.owner_id,
        summed.renewal_band,
        case
            {%- for band in renewal_bands() %}
            when summed.renewal_band = '{{ band }}' then {{ loop.index }}
            {%- endfor %}
        end as position,
        summed.arr,
        summed.customers,
        {{ ratio(
            'summed.arr', 'sum(summed.arr) over (partition by summed.owner_role, summed.owner_id)'
        ) }} as share_of_book,
        summed.next_term_end_date
    from summed
    cross join months

)

select * from final
