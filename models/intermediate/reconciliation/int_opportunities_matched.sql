-- Grain: one row per opportunity won, with the month of the gain of its customer that it stands
-- behind; null where there is none.
-- long because what the product lines tell is brought to each gain
with opportunities as (

    select * from {{ ref('int_won_opportunities_unioned') }}

),

gains as (

    select *
    from {{ ref('int_arr_movements_classified') }}
    where
        is_customer
        and movement_type in ('new', 'reactivation', 'expansion')

),

product_lines as (

    select * from {{ ref('int_opportunity_families_unioned') }}

),

grown_families as (

    select
        customer_id,
        month_index,
        product_family
    from {{ ref('int_arr_drivers_classified') }}
    where driver not in ('fx', 'transfer')
    group by customer_id, month_index, product_family
    having sum(arr_change) > 0

),

-- months in which a family that the opportunity names grew
told_months as (

    select distinct
        opportunities.crm_system,
        opportunities.opportunity_id,
        grown_families.month_index
    from opportunities
    inner join product_lines
        on
            opportunities.crm_system = product_lines.crm_system
            and opportunities.opportunity_id = product_lines.opportunity_id
    inner join grown_families
        on
            opportunities.customer_id = grown_families.customer_id
            and product_lines.product_family = grown_families.product_family

),

candidates as (

    select
        opportunities.crm_system,
        opportunities.opportunity_id,
        gains.month_index,
        abs(gains.month_index - opportunities.close_month_index) as months_apart,
        gains.arr_change = opportunities.opportunity_arr as is_same_amount,
        told_months.month_index is not null as is_told,
        max(
            case when gains.arr_change = opportunities.opportunity_arr then 1 else 0 end
        ) over (partition by gains.account_id, gains.month_index) = 1 as is_met
    from opportunities
    inner join gains
        on
            opportunities.customer_id = gains.account_id
            and abs(gains.month_index - opportunities.close_month_index)
            <= {{ opportunity_match_months() }}
    left join told_months
        on
            opportunities.crm_system = told_months.crm_system
            and opportunities.opportunity_id = told_months.opportunity_id
            and gains.month_index = told_months.month_index
    where
        not opportunities.is_renewal
        and opportunities.unusable_reason is null

),

-- the same amount is the best evidence, and a gain that has it wants no other; then growth of a
-- family that was sold, then the nearest month, and of two the later: billing follows the signature
ranked_gains as (

    select
        *,
        row_number() over (
            partition by crm_system, opportunity_id
            order by
                case when is_same_amount then 0 else 1 end asc,
                case when is_told then 0 else 1 end asc,
                months_apart asc nulls last,
                month_index desc nulls last
        ) as best_first
    from candidates
    where
        is_same_amount
        or not is_met

),

final as (

    select
        opportunities.crm_system,
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.is_renewal,
        opportunities.close_date,
        opportunities.close_month_index,
        opportunities.opportunity_arr,
        opportunities.first_year_billings,
        opportunities.sourcing_team,
        opportunities.is_unmapped_source,
        opportunities.unusable_reason,
        ranked_gains.month_index as movement_month_index
    from opportunities
    left join ranked_gains
        on
            opportunities.crm_system = ranked_gains.crm_system
            and opportunities.opportunity_id = ranked_gains.opportunity_id
            and ranked_gains.best_first = 1

)

select * from final
