-- Grain: one row per subscription that was handed from customer to customer and customer who had
-- it.
-- long because most subscriptions are sorted out before their lines are looked at
with candidates as (

    select subscription_id
    from {{ ref('int_subscription_lines') }}
    group by subscription_id
    having min(record_key) <> max(record_key)

),

kinds as (

    select * from {{ ref('int_charge_kinds') }}

),

records as (

    select * from {{ ref('int_billing_customers') }}

),

-- one condition over both sides, so that the few candidates are kept in memory and not the lines
lines as (

    select
        kinds.source_system,
        lines.subscription_id,
        lines.record_key,
        lines.service_start_date,
        lines.service_end_date
    from {{ ref('int_subscription_lines') }} as lines
    inner join candidates
        on lines.subscription_id = candidates.subscription_id
    inner join kinds
        on lines.charge_kind_key = kinds.charge_kind_key
    where
        case
            when candidates.subscription_id is null then false
            -- a hand-over that is still ahead has not happened
            when lines.start_date > {{ as_of_date() }} then false
            -- a line that carries nothing holds nothing
            when lines.service_end_date <= lines.service_start_date then false
            when lines.term_amount = 0 then false
            when kinds.unusable_reason is not null then false
            else kinds.charge_type in ({{ quoted_list(charge_types_in_arr()) }})
        end

),

shared_subscriptions as (

    select
        source_system,
        subscription_id
    from lines
    group by source_system, subscription_id
    having min(record_key) <> max(record_key)

),

holdings as (

    select
        lines.source_system,
        lines.subscription_id,
        records.source_customer_id,
        lines.record_key,
        min(lines.service_start_date) as held_from_date,
        max(
            coalesce(lines.service_end_date, cast('9999-12-31' as date))
        ) as held_until_date
    from lines
    inner join shared_subscriptions
        on
            lines.source_system = shared_subscriptions.source_system
            and lines.subscription_id = shared_subscriptions.subscription_id
    inner join records
        on lines.record_key = records.record_key
    group by
        lines.source_system, lines.subscription_id, records.source_customer_id, lines.record_key

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
        record_key,
        held_from_date,
        current_source_customer_id,
        current_record_key
    from checked
    where is_handed_over = 1

)

select * from final
