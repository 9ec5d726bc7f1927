-- Grain: one row per customer, month, movement type and reason: movements beside the opportunities
-- won for them, and opportunities won without a movement by month of close.
-- long because the order of the branches is the definition and each branch names its reason
{{ config(enabled=is_on('reconciliation', ['growth', 'crm'])) }}
with movements as (

    select * from {{ ref('int_movement_opportunity_differences') }}

),

opportunities as (

    select * from {{ ref('int_opportunity_matches') }}

),

unmatched as (

    select
        customer_id,
        close_month_index as month_index,
        opportunity_arr,
        {{ unmatched_reason() }} as reason_class
    from opportunities
    where movement_month_index is null

),

differences as (

    select
        customer_id,
        month_index,
        movement_type,
        movement_arr,
        opportunities,
        cast(opportunity_arr as {{ type_money() }}) as opportunity_arr,
        cast(difference_arr as {{ type_money() }}) as difference_arr,
        case
            when movement_type not in ('new', 'reactivation', 'expansion') then 'not_sold'
            when opportunities > 0 and difference_arr = 0 and not has_other_month then 'agrees'
            when opportunities > 0 and difference_arr = 0 then 'timing'
            -- people enter whole units of the currency
            when opportunities > 0 and abs(difference_arr) < opportunities then 'rounding'
            -- a sale, and a loss of the customer in the same month
            when opportunities > 0 and opportunity_arr = gained_arr then 'netted_with_loss'
            when
                difference_arr * unsold_arr > 0
                and abs(difference_arr) <= abs(unsold_arr)
                then 'not_sold_part'
            when opportunities > 0 then 'unexplained'
            when has_renewal then 'sold_in_renewal'
            when not is_in_crm then 'customer_not_in_crm'
            else 'no_opportunity'
        end as reason_class
    from movements

    union all

    select
        customer_id,
        month_index,
        cast(null as {{ dbt.type_string() }}) as movement_type,
        cast(0 as {{ type_money() }}) as movement_arr,
        count(*) as opportunities,
        cast(sum(opportunity_arr) as {{ type_money() }}) as opportunity_arr,
        cast(-sum(opportunity_arr) as {{ type_money() }}) as difference_arr,
        reason_class
    from unmatched
    group by customer_id, month_index, reason_class

),

-- a win keeps its row even if it closed in a month outside the calendar
final as (

    select
        customer_id,
        cast({{ month_text('month_index') }} || '-01' as date) as date_month,
        movement_type,
        reason_class,
        movement_arr,
        opportunities,
        opportunity_arr,
        difference_arr
    from differences

)

select * from final
