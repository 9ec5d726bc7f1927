-- Grain: one row per customer, product family (or all of them together) and span of months in
-- which its ARR is above zero and stands still in one set of segments.
-- long because spans of families, of the customer and of its segments are intersected
{{ config(enabled=is_on('growth')) }}
with changes as (

    select
        *,
        from_month_index as month_index
    from {{ ref('int_arr_spans') }}

),

segments as (

    select * from {{ ref('int_customer_segment_sets') }}

),

scoped as (

    select
        customer_id,
        product_family,
        false as is_whole_customer,
        month_index,
        arr_change
    from changes

    union all

    select
        customer_id,
        'all' as product_family,
        true as is_whole_customer,
        month_index,
        arr_change
    from changes

),

summed as (

    select
        customer_id,
        product_family,
        is_whole_customer,
        month_index,
        sum(arr_change) as arr_change
    from scoped
    group by customer_id, product_family, is_whole_customer, month_index

),

spans as (

    select
        customer_id,
        product_family,
        is_whole_customer,
        month_index as from_month_index,
        {{ or_open(
            'lead(month_index) over ('
            ~ 'partition by customer_id, is_whole_customer, product_family order by month_index)'
        ) }} as until_month_index,
        cast(sum(arr_change) over (
            partition by customer_id, is_whole_customer, product_family order by month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as arr
    from summed

),

-- spans of months in which the customer as a whole has ARR and stays in its segments; every
-- month in which one of its families moves begins another
customers as (

    select
        spans.customer_id,
        greatest(spans.from_month_index, coalesce(segments.from_month_index, 0))
            as from_month_index,
        least(spans.until_month_index, {{ or_open('segments.until_month_index') }})
            as until_month_index,
        coalesce(segments.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from spans
    left join segments
        on
            spans.customer_id = segments.customer_id
            and spans.from_month_index < {{ or_open('segments.until_month_index') }}
            and spans.until_month_index > segments.from_month_index
    where
        spans.is_whole_customer
        and {{ is_active('spans.arr') }}

),

final as (

    select
        spans.customer_id,
        spans.product_family,
        spans.is_whole_customer,
        customers.from_month_index,
        customers.until_month_index,
        spans.arr,
        customers.segment_set_key
    from spans
    inner join customers
        on
            spans.customer_id = customers.customer_id
            and spans.from_month_index < customers.until_month_index
            and spans.until_month_index > customers.from_month_index
    where spans.arr > 0

)

select * from final
