-- Grain: one row per customer and day on which terms of it end, with the last day on which a signal
-- can have been known before the decision.
{{ config(enabled=is_on('renewals')) }}
with terms as (

    select
        *,
        {{ add_months('term_end_date', '-' ~ health_lead_months()) }} as lead_date
    from {{ ref('int_renewal_outcomes') }}

),

dated as (

    select
        *,
        -- signals after a notice or an early renewal came after the decision
        case
            when notice_date < lead_date and coalesce(notice_date <= renewal_date, true)
                then notice_date
            when renewal_date < lead_date then renewal_date
            else lead_date
        end as decided_date
    from terms

),

final as (

    select
        customer_id,
        term_end_date,
        min(term_began_date) as term_began_date,
        case
            when max(case when outcome = 'open' then 1 else 0 end) = 1 then 'open'
            when min(case when outcome = 'lost' then 1 else 0 end) = 1 then 'lost'
            else 'renewed'
        end as decision,
        case
            when min(decided_date) > {{ as_of_date() }} then {{ as_of_date() }}
            else min(decided_date)
        end as known_by_date,
        sum(up_for_renewal_arr) as up_for_renewal_arr,
        sum(
            case
                when outcome = 'open' then 0
                when continued_arr < up_for_renewal_arr then continued_arr
                else up_for_renewal_arr
            end
        ) as gross_renewed_arr
    from dated
    group by customer_id, term_end_date

)

select * from final
