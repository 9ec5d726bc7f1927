-- Grain: one row per month, window, grain of account and set of base segments and owners in which
-- a retention sum moves.
with pairs as (

    select * from {{ ref('int_retention_span_pairs') }}

),

-- a pair adds its amounts in its first month and takes them away in the first month it no longer
-- holds
sides as (

    select 1 as sign

    union all

    select -1 as sign

),

moved as (

    select
        pairs.*,
        sides.sign,
        case
            when sides.sign = 1 then pairs.from_month_index
            else pairs.until_month_index
        end as month_index
    from pairs
    cross join sides

),

final as (

    select
        month_index,
        window_months,
        is_customer,
        is_parent,
        segment_set_key,
        cast(sum(sign * base_arr) as {{ type_money() }}) as base_arr_change,
        cast(sum(sign) as bigint) as base_customers_change,
        cast(sum(sign * net_arr) as {{ type_money() }}) as net_arr_change,
        cast(sum(sign * gross_arr) as {{ type_money() }}) as gross_arr_change,
        cast(
            sum(case when net_arr > 0 then sign else 0 end) as bigint
        ) as retained_customers_change,
        cast(
            sum(case when is_unbroken then sign * net_arr else 0 end) as {{ type_money() }}
        ) as strict_net_arr_change,
        cast(
            sum(case when is_unbroken then sign * gross_arr else 0 end) as {{ type_money() }}
        ) as strict_gross_arr_change,
        cast(sum(sign * lowest_arr) as {{ type_money() }}) as lowest_arr_change
    from moved
    where month_index <= {{ last_published_month_index() }}
    group by
        month_index,
        window_months,
        is_customer,
        is_parent,
        segment_set_key

)

select * from final
