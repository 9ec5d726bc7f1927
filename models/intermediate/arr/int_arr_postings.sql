-- Grain: one row per counted line, customer, month and posting: what adds to the ARR of a customer
-- or takes from it.
with posted as (
    {{- postings_of_lines() }}

),

final as (

    select
        source_system,
        line_id,
        subscription_id,
        customer_id,
        customer_key,
        product_id,
        product_key,
        product_family,
        tier_key,
        currency,
        currency_key,
        month_index,
        posting_type,
        sign,
        arr,
        arr_change,
        quantity,
        is_contracted_step,
        start_date,
        counted_until_date
    from posted
    where month_index <= {{ last_published_month_index() }}

)

select * from final
