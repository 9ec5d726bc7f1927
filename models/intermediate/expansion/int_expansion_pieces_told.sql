-- Grain: one row per row of int_expansions_credited and what its product lines tell: which part
-- was sold to a family that the customer did not hold, which was not, or nothing.
-- long because product lines are held against the families that moved before they tell anything
with credits as (

    select * from {{ ref('int_expansions_credited') }}

),

drivers as (

    select * from {{ ref('int_arr_drivers') }}
    where movement_type = 'expansion'

),

product_lines as (

    select * from {{ ref('int_opportunity_families_unioned') }}
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

-- a win stands behind one gain; a line whose family did not move in its month tells nothing
told as (

    select
        credits.crm_system,
        credits.opportunity_id,
        cast(sum(product_lines.price_in_currency) as {{ type_money() }}) as price,
        cast(
            sum(families.is_cross_sold * product_lines.price_in_currency) as {{ type_money() }}
        ) as cross_sold_price
    from credits
    inner join product_lines
        on
            credits.crm_system = product_lines.crm_system
            and credits.opportunity_id = product_lines.opportunity_id
    inner join families
        on
            credits.customer_id = families.customer_id
            and credits.month_index = families.month_index
            and product_lines.product_family = families.product_family
    group by credits.crm_system, credits.opportunity_id

),

shared as (

    select
        credits.customer_id,
        credits.month_index,
        credits.crm_system,
        credits.opportunity_id,
        credits.credited_arr,
        told.price is not null as is_told,
        case
            when told.price is null then 0
            else {{ rounded_share('credits.credited_arr', 'told.cross_sold_price', 'told.price') }}
        end as cross_sold_arr
    from credits
    left join told
        on
            credits.crm_system = told.crm_system
            and credits.opportunity_id = told.opportunity_id

),

final as (

    select
        customer_id,
        month_index,
        crm_system,
        opportunity_id,
        'cross_sell' as told,
        cast(cross_sold_arr as {{ type_money() }}) as arr
    from shared
    where is_told

    union all

    select
        customer_id,
        month_index,
        crm_system,
        opportunity_id,
        case when is_told then 'upsell' else 'nothing' end as told,
        cast(credited_arr - cross_sold_arr as {{ type_money() }}) as arr
    from shared

)

select * from final
