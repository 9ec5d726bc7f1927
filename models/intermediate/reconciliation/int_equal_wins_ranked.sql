-- Grain: one row per opportunity won that has its own amount among the gains it may stand behind.
with candidates as (

    select * from {{ ref('int_gain_candidates_listed') }}
    where is_same_amount

),

reaches as (

    select
        crm_system,
        opportunity_id,
        customer_id,
        opportunity_arr,
        close_month_index,
        close_date,
        min(equal_gain_position) as first_gain,
        max(equal_gain_position) as last_gain,
        max(case when best_first = 1 then equal_gain_position end) as wanted_gain
    from candidates
    group by
        crm_system,
        opportunity_id,
        customer_id,
        opportunity_arr,
        close_month_index,
        close_date

),

final as (

    select
        crm_system,
        opportunity_id,
        customer_id,
        opportunity_arr,
        first_gain,
        last_gain,
        wanted_gain,
        row_number() over (
            partition by customer_id, opportunity_arr
            order by
                close_month_index nulls last,
                wanted_gain nulls last,
                close_date nulls last,
                crm_system nulls last,
                opportunity_id nulls last
        ) as win_position
    from reaches

)

select * from final
