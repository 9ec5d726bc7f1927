-- Grain: one row per policy, sign, customer, product and month in which its ARR moves or did a year
-- before: the change of what is held, of what was held then, and of the smaller of the two.
-- long because a change has to be seen twice before the two can be compared.
with lines as (

    select * from {{ ref('int_policy_lines_counted') }}

),

sides as (

    select 1 as side

    union all

    select -1 as side

),

changes as (

    select
        lines.policy,
        lines.sign,
        lines.customer_id,
        lines.product_id,
        case
            when sides.side = 1 then lines.from_month_index
            else lines.until_month_index
        end as month_index,
        sides.side * lines.arr as arr_change
    from lines
    cross join sides

),

-- every change is seen twice: when it comes, and twelve months later, when it comes into the base
seen as (

    select
        policy,
        sign,
        customer_id,
        product_id,
        month_index,
        arr_change,
        0 as base_arr_change
    from changes

    union all

    select
        policy,
        sign,
        customer_id,
        product_id,
        month_index + 12 as month_index,
        0 as arr_change,
        arr_change as base_arr_change
    from changes

),

product_changes as (

    select
        policy,
        sign,
        customer_id,
        product_id,
        month_index,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change,
        cast(sum(base_arr_change) as {{ type_money() }}) as base_arr_change
    from seen
    where month_index <= {{ last_published_month_index() }}
    group by policy, sign, customer_id, product_id, month_index

),

product_balances as (

    select
        policy,
        sign,
        customer_id,
        product_id,
        month_index,
        arr_change,
        base_arr_change,
        least(
            sum(arr_change) over (
                partition by policy, sign, customer_id, product_id
                order by month_index nulls last
                rows between unbounded preceding and current row
            ),
            sum(base_arr_change) over (
                partition by policy, sign, customer_id, product_id
                order by month_index nulls last
                rows between unbounded preceding and current row
            )
        ) as smaller_arr
    from product_changes

),

final as (

    select
        policy,
        sign,
        customer_id,
        product_id,
        month_index,
        arr_change,
        base_arr_change,
        cast(smaller_arr - coalesce(lag(smaller_arr) over (
            partition by policy, sign, customer_id, product_id
            order by month_index nulls last
        ), 0) as {{ type_money() }}) as smaller_arr_change
    from product_balances

)

select * from final
