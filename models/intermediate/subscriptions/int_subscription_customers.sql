-- Grain: one row per subscription that was handed from customer to customer and customer who had
-- it.
-- long because most subscriptions are sorted out before their lines are looked at
with candidates as (

    select
        source_system,
        subscription_id
    from {{ ref('int_subscription_lines') }}
    group by source_system, subscription_id
    having min(record_key) <> max(record_key)

),

lines as (

    select lines.*
    from {{ ref('int_subscription_lines') }} as lines
    inner join candidates
        on
            lines.source_system = candidates.source_system
            and lines.subscription_id = candidates.subscription_id
    where
        -- a hand-over that is still ahead has not happened
        lines.start_date <= {{ as_of_date() }}
        -- a line that carries nothing holds nothing
        and (lines.service_end_date is null or lines.service_end_date > lines.service_start_date)
        and lines.term_amount <> 0
        and lines.charge_type in ({{ quoted_list(charge_types_in_arr()) }})
        and lines.unusable_reason is null

),

shared_subscriptions as (

    select
        source_system,
        subscription_id
    from lines
    group by source_system, subscription_id
    having min(source_customer_id) <> max(source_customer_id)

),

holdings as (

    select
        lines.source_system,
        lines.subscription_id,
        lines.source_customer_id,
        max(lines.record_key) as record_key,
        min(lines.service_start_date) as held_from_date,
        max(
            coalesce(lines.service_end_date, cast('9999-12-31' as date))
        ) as held_until_date
    from lines
    inner join shared_subscriptions
        on
            lines.source_system = shared_subscriptions.source_system
            and lines.subscription_id = shared_subscriptions.subscription_id
    group by lines.source_system, lines.subscription_id, lines.source_customer_id

),

followed as (

    select
        *,
        lead(held_from_date) over (
            partition by source_system, subscription_id
            order by held_from_date, source_customer_id
        ) as next_held_from_date,
        last_value(source_customer_id) over (
            partition by source_system, subscription_id
            order by held_from_date, source_customer_id
            rows between unbounded preceding and unbounded following
        ) as current_source_customer_id,
        last_value(record_key) over (
            partition by source_system, subscription_id
            order by held_from_date, source_customer_id
            rows between unbounded preceding and unbounded following
        ) as current_record_key
    from holdings

),

-- handed over on the day, or inside the grace days; one of two customers at once is not handed over
-- transfer
checked as (

    select
        *,
        min(
            case
                when next_held_from_date is null then 1
                when
                    next_held_from_date >= held_until_date
                    and next_held_from_date
                    <= {{ add_days('held_until_date', renewal_grace_days()) }} then 1
                else 0
            end
        ) over (partition by source_system, subscription_id) as is_handed_over
    from followed

),

final as (

    select
        source_system,
        subscription_id,
        source_customer_id,
        held_from_date,
        current_source_customer_id,
        current_record_key
    from checked
    where is_handed_over = 1

)

select * from final
