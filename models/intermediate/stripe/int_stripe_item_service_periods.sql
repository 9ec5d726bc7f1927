-- Grain: one row per subscription item and period of service, inside or outside a trial.
-- long because suspensions and trials may overlap and so cut in one pass
{{ config(enabled='stripe' in billing_systems()) }}
{%- set behaviors = quoted_list(stripe_pause_behaviors_without_arr()) %}
with item_versions as (

    select * from {{ ref('int_stripe_item_versions') }}
    where start_date < {{ or_open_date('end_date') }}

),

trials as (

    select * from {{ ref('int_stripe_unpaid_trials') }}

),

-- the loader ends a version a moment before the next one starts, so the next start is the end
states as (

    select
        versions.subscription_id,
        coalesce(
            subscriptions.state_since_at,
            versions.version_started_at,
            -- without versions a state is known since the running period at the latest
            case
                when versions.status not like 'incomplete%' then versions.current_period_started_at
            end,
            versions.created_at
        ) as started_at,
        coalesce(
            lead(versions.version_started_at) over (
                partition by versions.subscription_id
                order by versions.version_started_at nulls last, versions.synced_at nulls last
            ),
            versions.version_ended_at
        ) as ended_at,
        versions.pause_resumes_at,
        coalesce(versions.pause_behavior in ({{ behaviors }}), false) as is_pause,
        versions.status in ({{ quoted_list(stripe_statuses_without_arr()) }}) as is_barred
    from {{ ref('stg_stripe__subscription_versions') }} as versions
    left join {{ ref('int_stripe_subscriptions') }} as subscriptions
        on versions.subscription_id = subscriptions.subscription_id

),

-- a pause that is scheduled to resume ends then at the latest
suspended_states as (

    select
        subscription_id,
        is_pause,
        {{ reporting_date('started_at') }} as start_date,
        case
            when not is_barred and (ended_at is null or pause_resumes_at < ended_at)
                then {{ reporting_date('coalesce(pause_resumes_at, ended_at)') }}
            else {{ reporting_date('ended_at') }}
        end as end_date
    from states
    where is_pause or is_barred

),

compared_states as (

    select
        *,
        max({{ or_open_date('end_date') }}) over (
            partition by subscription_id
            order by start_date nulls last, end_date nulls last
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from suspended_states
    where end_date is null or start_date < end_date

),

numbered_states as (

    select
        *,
        sum(case when latest_end_before >= start_date then 0 else 1 end) over (
            partition by subscription_id
            order by start_date nulls last, end_date nulls last
            rows between unbounded preceding and current row
        ) as suspension_number,
        latest_end_before >= start_date as continues_suspension
    from compared_states

),

suspensions as (

    select
        subscription_id,
        min(start_date) as start_date,
        max({{ or_open_date('end_date') }}) as end_date,
        max(case when is_pause and not coalesce(continues_suspension, false) then 1 else 0 end) = 1
            as starts_with_pause
    from numbered_states
    group by subscription_id, suspension_number

),

cut_dates as (
    {%- for table in ['suspensions', 'trials'] %}
    {%- for column in ['start_date', 'end_date'] %}

    select
        subscription_id,
        {{ column }} as cut_date
    from {{ table }}
    {% if not (loop.last and table == 'trials') %}
    union distinct
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

),

period_starts as (

    select
        subscription_item_id,
        start_date as version_start_date,
        start_date
    from item_versions

    union all

    select
        item_versions.subscription_item_id,
        item_versions.start_date as version_start_date,
        cut_dates.cut_date as start_date
    from item_versions
    inner join cut_dates
        on
            item_versions.subscription_id = cut_dates.subscription_id
            and item_versions.start_date < cut_dates.cut_date
            and {{ or_open_date('item_versions.end_date') }} > cut_dates.cut_date

),

periods as (

    select
        item_versions.subscription_item_id,
        item_versions.subscription_id,
        period_starts.version_start_date,
        period_starts.start_date,
        coalesce(
            lead(period_starts.start_date) over (
                partition by period_starts.subscription_item_id, period_starts.version_start_date
                order by period_starts.start_date nulls last
            ),
            item_versions.end_date
        ) as end_date
    from period_starts
    inner join item_versions
        on
            period_starts.subscription_item_id = item_versions.subscription_item_id
            and period_starts.version_start_date = item_versions.start_date

),

final as (

    select
        periods.subscription_item_id
        || '/' || cast(periods.start_date as {{ dbt.type_string() }}) as line_key,
        periods.subscription_item_id,
        periods.subscription_id,
        periods.version_start_date,
        periods.start_date,
        periods.end_date,
        coalesce(next_suspensions.starts_with_pause, false) as ends_in_pause,
        trials.subscription_id is not null as is_in_trial
    from periods
    left join suspensions as running_suspensions
        on
            periods.subscription_id = running_suspensions.subscription_id
            and periods.start_date >= running_suspensions.start_date
            and periods.start_date < running_suspensions.end_date
    left join suspensions as next_suspensions
        on
            periods.subscription_id = next_suspensions.subscription_id
            and periods.end_date = next_suspensions.start_date
    left join trials
        on
            periods.subscription_id = trials.subscription_id
            and periods.start_date >= trials.start_date
            and periods.start_date < trials.end_date
    where running_suspensions.subscription_id is null

)

select * from final
