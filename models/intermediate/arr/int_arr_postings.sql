-- Grain: one row per counted line, customer, month and posting: what adds to the ARR of a customer
-- or takes from it.
with stretches as (

    select * from {{ ref(line_periods()) }}

),

-- a line adds its ARR in its first month and takes it away in the first month it no longer counts
sides as (
    {{- sides_listed() }}

),

posted as (

    select
        stretches.*,
        sides.sign,
        case when sides.sign = 1 then stretches.opened_by else stretches.closed_by end
            as posting_type,
        {{ begun_or_ended('stretches.from_month_index', 'stretches.until_month_index') }}
            as month_index,
        {{ signed('stretches.arr') }} as arr_change
    from stretches
    cross join sides

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
