-- Grain: one row per customer, product, currency and month in which the ARR at month end moves.
with periods as (

    select * from {{ ref(line_periods()) }}

),

sides as (
    {{- sides_listed() }}

),

-- not from int_arr_postings, which would only make the chain longer
posted as (

    select
        periods.customer_key,
        periods.product_key,
        periods.currency_key,
        {{ begun_or_ended('periods.from_month_index', 'periods.until_month_index') }}
            as month_index,
        case when sides.sign = 1 then periods.opened_by else periods.closed_by end as posting_type,
        sides.sign * periods.arr as arr_change
    from periods
    cross join sides

),

summed as (

    select
        customer_key,
        product_key,
        currency_key,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        {{ posted_by('fx') }} as fx_change,
        {{ posted_by('transfer') }} as transfer_change
    from posted
    where month_index <= {{ last_published_month_index() }}
    group by customer_key, product_key, currency_key, month_index

),

final as (

    select * from summed
    where
        arr_change <> 0
        or fx_change <> 0
        or transfer_change <> 0

)

select * from final
