-- Grain: one row per movement of a customer, with the opportunities won for it and the facts that
-- may explain a difference. No rows without any opportunity.
-- long because every fact that the reasons use is joined to the movement
{{ config(enabled=is_on('reconciliation', ['growth', 'crm'])) }}
with movements as (

    select
        *,
        case
            when movement_type in ('new', 'reactivation', 'expansion') then month_index
        end as won_month_index
    from {{ ref('int_arr_movements') }}
    where is_customer

),

opportunities as (

    select * from {{ ref('int_opportunity_matches') }}

),

drivers as (

    select * from {{ ref('int_arr_drivers') }}

),

crm_accounts as (

    select * from {{ ref('int_crm_accounts') }}

),

-- without any opportunity there is no reconciliation
landed as (

    select max(1) as is_landed
    from opportunities
    having count(*) > 0

),

won_for_movements as (

    select
        customer_key,
        movement_month_index as month_index,
        count(*) as opportunities,
        cast(sum(opportunity_arr) as {{ type_money() }}) as opportunity_arr,
        max(case when close_month_index <> movement_month_index then 1 else 0 end)
            as has_other_month
    from opportunities
    where movement_month_index is not null
    group by customer_key, movement_month_index

),

renewals as (

    select
        customer_id,
        close_month_index
    from opportunities
    where is_renewal
    group by customer_id, close_month_index

),

-- gains, and changes that need no sale
driver_sums as (

    select
        customer_id,
        month_index,
        cast(
            sum(case when arr_change > 0 then arr_change else 0 end) as {{ type_money() }}
        ) as gained_arr,
        cast(
            sum(
                case
                    when driver in ('price', 'discount_change', 'contracted_step') then arr_change
                    else 0
                end
            ) as {{ type_money() }}
        ) as unsold_arr
    from drivers
    where driver not in ('fx', 'transfer')
    group by customer_id, month_index

),

final as (

    select
        movements.account_id as customer_id,
        movements.month_index,
        movements.movement_type,
        movements.arr_change as movement_arr,
        coalesce(won.opportunities, 0) as opportunities,
        coalesce(won.opportunity_arr, 0) as opportunity_arr,
        cast(
            movements.arr_change - coalesce(won.opportunity_arr, 0) as {{ type_money() }}
        ) as difference_arr,
        coalesce(won.has_other_month, 0) = 1 as has_other_month,
        driver_sums.gained_arr,
        driver_sums.unsold_arr,
        crm_accounts.account_id is not null as is_in_crm,
        max(case when renewals.customer_id is not null then 1 else 0 end) = 1 as has_renewal
    from movements
    cross join landed
    left join won_for_movements as won
        on
            movements.account_key = won.customer_key
            and movements.won_month_index = won.month_index
    left join driver_sums
        on
            movements.account_id = driver_sums.customer_id
            and movements.month_index = driver_sums.month_index
    left join renewals
        on
            movements.account_id = renewals.customer_id
            and movements.month_index
            >= renewals.close_month_index - {{ opportunity_match_months() }}
            and movements.month_index
            <= renewals.close_month_index + {{ opportunity_match_months() }}
    left join crm_accounts
        on movements.account_id = crm_accounts.account_id
    group by
        movements.account_id,
        movements.month_index,
        movements.movement_type,
        movements.arr_change,
        won.opportunities,
        won.opportunity_arr,
        won.has_other_month,
        driver_sums.gained_arr,
        driver_sums.unsold_arr,
        crm_accounts.account_id

)

select * from final
