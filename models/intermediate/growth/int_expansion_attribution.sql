-- Grain: one row per expansion of a customer, opportunity credited with it (or none) and evidence
-- of its product lines: cross_sell, upsell or none.
-- long because an expansion is shared between opportunities before product lines split the shares
{{ config(enabled=is_on('growth', ['crm'])) }}
with expansions as (

    select * from {{ ref('int_arr_movements') }}
    where
        is_customer
        and movement_type = 'expansion'

),

opportunities as (

    select * from {{ ref('int_opportunity_matches') }}

),

matched as (

    select
        expansions.account_id as customer_id,
        expansions.account_key as customer_key,
        expansions.month_index,
        expansions.arr_change,
        opportunities.opportunity_key,
        opportunities.opportunity_arr,
        cast(sum(opportunities.opportunity_arr) over (
            partition by expansions.account_key, expansions.month_index
        ) as {{ type_money() }}) as won_arr,
        cast(sum(opportunities.opportunity_arr) over (
            partition by expansions.account_key, expansions.month_index
            order by opportunities.opportunity_key nulls last
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as won_so_far_arr
    from expansions
    inner join opportunities
        on
            expansions.account_key = opportunities.customer_key
            and expansions.month_index = opportunities.movement_month_index

),

-- a win counts in full; if more was won than the expansion, each win has its share of it. The
-- running total is rounded, so that the shares sum to the cent
shares as (

    select
        *,
        case
            when won_arr <= arr_change then opportunity_arr
            else
                {{ rounded_share('arr_change', 'won_so_far_arr', 'won_arr') }}
                - {{ rounded_share('arr_change', '(won_so_far_arr - opportunity_arr)', 'won_arr') }}
        end as credited_arr
    from matched

),

shared as (

    select
        customer_key,
        month_index,
        sum(credited_arr) as credited_arr
    from shares
    group by customer_key, month_index

),

credits as (

    select
        customer_id,
        month_index,
        opportunity_key,
        cast(credited_arr as {{ type_money() }}) as credited_arr
    from shares

    union all

    select
        expansions.account_id as customer_id,
        expansions.month_index,
        cast(null as integer) as opportunity_key,
        cast(
            expansions.arr_change - coalesce(shared.credited_arr, 0) as {{ type_money() }}
        ) as credited_arr
    from expansions
    left join shared
        on
            expansions.account_key = shared.customer_key
            and expansions.month_index = shared.month_index
    where expansions.arr_change > coalesce(shared.credited_arr, 0)

),

drivers as (

    select * from {{ ref('int_arr_drivers') }}
    where movement_type = 'expansion'

),

product_lines as (

    select * from {{ ref('int_opportunity_product_families') }}
    where price_in_currency > 0

),

families as (

    select
        customer_id,
        month_index,
        product_family,
        max(case when driver = 'cross_sell' then 1 else 0 end) as is_cross_sold
    from drivers
    group by customer_id, month_index, product_family

),

-- a product line counts as evidence if its family moved in the month
evidence as (

    select
        credits.opportunity_key,
        cast(sum(product_lines.price_in_currency) as {{ type_money() }}) as price,
        cast(
            sum(families.is_cross_sold * product_lines.price_in_currency) as {{ type_money() }}
        ) as cross_sold_price
    from credits
    inner join product_lines
        on credits.opportunity_key = product_lines.opportunity_key
    inner join families
        on
            credits.customer_id = families.customer_id
            and credits.month_index = families.month_index
            and product_lines.product_family = families.product_family
    group by credits.opportunity_key

),

split as (

    select
        credits.customer_id,
        credits.month_index,
        credits.opportunity_key,
        credits.credited_arr,
        evidence.price is not null as has_evidence,
        case
            when evidence.price is null then 0
            else {{ rounded_share(
                'credits.credited_arr', 'evidence.cross_sold_price', 'evidence.price'
            ) }}
        end as cross_sold_arr
    from credits
    left join evidence
        on credits.opportunity_key = evidence.opportunity_key

),

final as (

    select
        customer_id,
        month_index,
        opportunity_key,
        'cross_sell' as evidence,
        cast(cross_sold_arr as {{ type_money() }}) as arr
    from split
    where has_evidence

    union all

    select
        customer_id,
        month_index,
        opportunity_key,
        case when has_evidence then 'upsell' else 'none' end as evidence,
        cast(credited_arr - cross_sold_arr as {{ type_money() }}) as arr
    from split

)

select * from final
