-- Grain: one row per subscription of Stripe, as it stands now.
with versions as (

    select * from {{ ref('stg_stripe__subscription_versions') }}

),

ranked_versions as (

    select
        *,
        row_number() over (
            partition by subscription_id
            order by
                case when is_active_version then 0 else 1 end,
                version_started_at desc nulls last,
                synced_at desc nulls last
        ) as newest_first
    from versions

),

-- notice is not the end: service lasts until it ended, or until the day on which it is to end
ended_versions as (

    select
        *,
        coalesce(
            ended_at,
            cancel_at,
            case when is_cancelled_at_period_end then current_period_ends_at end,
            case
                when status in ('canceled', 'incomplete_expired')
                    then coalesce(notice_given_at, current_period_ends_at)
            end
        ) as service_ends_at
    from ranked_versions
    where newest_first = 1

),

final as (

    select
        subscription_id,
        customer_id,
        status,
        {{ reporting_date('service_ends_at') }} as end_date,
        is_cancelled_at_period_end,
        {{ reporting_date('notice_given_at') }} as notice_date,
        {{ reporting_date('coalesce(trial_started_at, started_at, created_at)') }}
            as trial_start_date,
        {{ reporting_date('trial_ends_at') }} as trial_end_date,
        case
            when not is_live_mode then 'test_mode'
            when
                status in ('incomplete', 'incomplete_expired')
                and status in ({{ quoted_list(stripe_statuses_without_arr()) }})
                then 'status_incomplete'
        end as unusable_reason
    from ended_versions

)

select * from final
