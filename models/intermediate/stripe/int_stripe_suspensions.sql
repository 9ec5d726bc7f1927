-- Grain: one row per subscription of Stripe and unbroken stretch in which it carries no ARR.
-- long because versions are judged, dated and joined into stretches, each step short
with versions as (

    select * from {{ ref('stg_stripe__subscription_versions') }}

),

-- the loader ends a version a moment before the next one starts, so the next start is the end
judged_versions as (

    select
        subscription_id,
        coalesce(
            version_started_at,
            -- without versions a state is known since the running period at the latest
            case when status not like 'incomplete%' then current_period_started_at end,
            created_at
        ) as stretch_started_at,
        coalesce(
            lead(version_started_at) over (
                partition by subscription_id
                order by version_started_at nulls last, synced_at nulls last
            ),
            version_ended_at
        ) as stretch_ended_at,
        pause_resumes_at,
        coalesce(
            pause_behavior in ({{ quoted_list(stripe_pause_behaviors_without_arr()) }}), false
        ) as is_pause,
        status in ({{ quoted_list(stripe_statuses_without_arr()) }}) as is_barred
    from versions

),

-- a pause that is scheduled to resume ends then at the latest
ended_stretches as (

    select
        subscription_id,
        is_pause,
        stretch_started_at,
        case
            when
                not is_barred
                and (stretch_ended_at is null or pause_resumes_at < stretch_ended_at)
                then coalesce(pause_resumes_at, stretch_ended_at)
            else stretch_ended_at
        end as stretch_ended_at
    from judged_versions
    where is_pause or is_barred

),

dated_stretches as (

    select
        subscription_id,
        is_pause,
        {{ reporting_date('stretch_started_at') }} as start_date,
        {{ reporting_date('stretch_ended_at') }} as end_date
    from ended_stretches

),

compared_stretches as (

    select
        *,
        max(coalesce(end_date, cast('9999-12-31' as date))) over (
            partition by subscription_id
            order by start_date nulls last, end_date nulls last
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from dated_stretches
    where end_date is null or start_date < end_date

),

numbered_stretches as (

    select
        *,
        sum(case when latest_end_before >= start_date then 0 else 1 end) over (
            partition by subscription_id
            order by start_date nulls last, end_date nulls last
            rows between unbounded preceding and current row
        ) as island_number,
        case
            when latest_end_before >= start_date or not is_pause then 0 else 1
        end as pause_starts_it
    from compared_stretches

),

final as (

    select
        subscription_id,
        min(start_date) as start_date,
        nullif(
            max(coalesce(end_date, cast('9999-12-31' as date))), cast('9999-12-31' as date)
        ) as end_date,
        max(pause_starts_it) = 1 as starts_with_pause
    from numbered_stretches
    group by subscription_id, island_number

)

select * from final
