-- A customer that stays gains ARR by cross_sell exactly in a product family that it neither held at
-- the end of the month before nor took over, and loses it by product_drop exactly in a family that
-- it no longer holds.
with spans as (

    select * from {{ ref('int_arr_spans') }}

),

products as (

    select distinct
        product_id,
        product_family
    from spans

),

movements as (

    select
        *,
        {{ month_index('date_month') }} as month_index
    from {{ ref('fct_arr_movements') }}
    where movement_type in ('expansion', 'contraction')

),

drivers as (

    select
        drivers.*,
        products.product_family
    from {{ ref('fct_arr_movement_drivers') }} as drivers
    inner join products
        on drivers.product_id = products.product_id
    where drivers.movement_type in ('expansion', 'contraction')

),

-- what each family of a moving customer held before and after
held as (

    select
        movements.customer_id,
        movements.date_month,
        spans.product_family,
        sum(
            case
                when
                    spans.from_month_index < movements.month_index
                    and (
                        spans.until_month_index >= movements.month_index
                        or spans.until_month_index is null
                    )
                    then spans.arr
                else 0
            end
        ) as opening_arr,
        sum(
            case
                when
                    spans.from_month_index <= movements.month_index
                    and (
                        spans.until_month_index > movements.month_index
                        or spans.until_month_index is null
                    )
                    then spans.arr
                else 0
            end
        ) as closing_arr
    from movements
    inner join spans
        on movements.customer_id = spans.customer_id
    where movements.beginning_arr > 0
    group by movements.customer_id, movements.date_month, spans.product_family

),

carried as (

    select
        customer_id,
        product_family,
        from_month_index as month_index,
        sum(fx_change + transfer_change) as arr_change
    from {{ ref('int_arr_spans') }}
    group by customer_id, product_family, from_month_index

),

families as (

    select
        held.customer_id,
        held.date_month,
        held.product_family,
        held.opening_arr + coalesce(carried.arr_change, 0) as opening_arr,
        held.closing_arr
    from held
    left join carried
        on
            held.customer_id = carried.customer_id
            and held.product_family = carried.product_family
            and {{ month_index('held.date_month') }} = carried.month_index

),

shown as (

    select
        customer_id,
        date_month,
        product_family,
        min(case when driver = 'cross_sell' then 1 else 0 end) as is_cross_sell,
        max(case when driver = 'cross_sell' then 1 else 0 end) as has_cross_sell,
        min(case when driver = 'product_drop' then 1 else 0 end) as is_product_drop,
        max(case when driver = 'product_drop' then 1 else 0 end) as has_product_drop
    from drivers
    group by customer_id, date_month, product_family

)

select
    families.customer_id,
    families.date_month,
    families.product_family,
    families.opening_arr,
    families.closing_arr,
    shown.has_cross_sell,
    shown.has_product_drop
from families
left join shown
    on
        families.customer_id = shown.customer_id
        and families.date_month = shown.date_month
        and families.product_family = shown.product_family
where
    case when families.opening_arr <= 0 and families.closing_arr > 0 then 1 else 0 end
    <> coalesce(shown.is_cross_sell, 0)
    or coalesce(shown.has_cross_sell, 0) <> coalesce(shown.is_cross_sell, 0)
    or case when families.opening_arr > 0 and families.closing_arr <= 0 then 1 else 0 end
    <> coalesce(shown.is_product_drop, 0)
    or coalesce(shown.has_product_drop, 0) <> coalesce(shown.is_product_drop, 0)
