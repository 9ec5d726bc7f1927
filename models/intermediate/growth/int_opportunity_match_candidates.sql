-- Grain: one row per opportunity won and gain of its customer that it may match, with the order of
-- gains for the opportunity and of opportunities for gains of their amount.
-- long because gains are ranked by product lines and months, and opportunities by their gains
{{ config(enabled=is_on('growth', ['crm'])) }}
with opportunities as (

    select * from {{ ref('int_opportunities') }}
    where
        is_won
        and not is_renewal
        and unusable_reason is null

),

gains as (

    select *
    from {{ ref('int_arr_movements') }}
    where
        is_customer
        and movement_type in ('new', 'reactivation', 'expansion')

),

product_lines as (

    select * from {{ ref('int_opportunity_product_families') }}

),

grown_families as (

    select
        customer_id,
        month_index,
        product_family
    from {{ ref('int_arr_drivers') }}
    where driver not in ('fx', 'transfer')
    group by customer_id, month_index, product_family
    having sum(arr_change) > 0

),

-- months in which a family that the opportunity names grew
named_months as (

    select distinct
        opportunities.opportunity_key,
        grown_families.month_index
    from opportunities
    inner join product_lines
        on opportunities.opportunity_key = product_lines.opportunity_key
    inner join grown_families
        on
            opportunities.customer_id = grown_families.customer_id
            and product_lines.product_family = grown_families.product_family

),

near as (

    select
        opportunities.opportunity_key,
        gains.account_key as customer_key,
        opportunities.close_month_index,
        opportunities.close_date,
        opportunities.opportunity_arr,
        gains.month_index,
        abs(gains.month_index - opportunities.close_month_index) as months_apart,
        gains.arr_change = opportunities.opportunity_arr as is_same_amount,
        named_months.month_index is not null as is_named_family
    from opportunities
    inner join gains
        on
            opportunities.customer_id = gains.account_id
            and abs(gains.month_index - opportunities.close_month_index)
            <= {{ opportunity_match_months() }}
    left join named_months
        on
            opportunities.opportunity_key = named_months.opportunity_key
            and gains.month_index = named_months.month_index

),

-- growth of a family that was sold, then the nearest month, and of two the later: billing follows
-- the signature. Gains of one amount are one a month and those of an opportunity are consecutive
ranked as (

    select
        *,
        row_number() over (
            partition by opportunity_key, is_same_amount
            order by
                case when is_named_family then 0 else 1 end asc,
                months_apart asc nulls last,
                month_index desc nulls last
        ) as best_first,
        case
            when is_same_amount
                then dense_rank() over (
                        partition by customer_key, opportunity_arr, is_same_amount
                        order by month_index nulls last
                    )
        end as equal_gain_position
    from near

),

reaches as (

    select
        *,
        min(equal_gain_position) over (
            partition by opportunity_key, is_same_amount
        ) as first_gain,
        max(equal_gain_position) over (
            partition by opportunity_key, is_same_amount
        ) as last_gain,
        max(case when best_first = 1 then equal_gain_position end) over (
            partition by opportunity_key, is_same_amount
        ) as wanted_gain
    from ranked

),

final as (

    select
        opportunity_key,
        customer_key,
        close_month_index,
        close_date,
        opportunity_arr,
        month_index,
        months_apart,
        is_same_amount,
        is_named_family,
        best_first,
        equal_gain_position,
        first_gain,
        last_gain,
        wanted_gain,
        case
            when is_same_amount
                then dense_rank() over (
                        partition by customer_key, opportunity_arr, is_same_amount
                        order by
                            close_month_index nulls last,
                            wanted_gain nulls last,
                            close_date nulls last,
                            opportunity_key nulls last
                    )
        end as win_position
    from reaches

)

select * from final
