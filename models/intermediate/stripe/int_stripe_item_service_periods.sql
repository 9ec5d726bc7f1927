-- Grain: one row per subscription item and period of service, inside or outside a trial.
-- long because suspensions and trials may overlap and so are cut in one pass
with versions as (

    select * from {{ ref('int_stripe_item_versions') }}
    where start_date < {{ or_open_date('end_date') }}

),

suspensions as (

    select * from {{ ref('int_stripe_suspensions') }}

),

trials as (

    select * from {{ ref('int_stripe_unpaid_trials') }}

),

cut_dates as (

    select
        subscription_id,
        start_date as cut_date
    from suspensions
    union all
    select
        subscription_id,
        end_date as cut_date
    from suspensions
    union all
    select
        subscription_id,
        start_date as cut_date
    from trials
    union all
    select
        subscription_id,
        end_date as cut_date
    from trials

),

period_starts as (

    select
        subscription_item_id,
        start_date as version_start_date,
        start_date
    from versions

    union all

    select distinct
        versions.subscription_item_id,
        versions.start_date as version_start_date,
        cut_dates.cut_date as start_date
    from versions
    inner join cut_dates
        on
            versions.subscription_id = cut_dates.subscription_id
            and versions.start_date < cut_dates.cut_date
            and {{ or_open_date('versions.end_date') }} > cut_dates.cut_date

),

periods as (

    select
        versions.subscription_item_id,
        versions.subscription_id,
        period_starts.version_start_date,
        period_starts.start_date,
        coalesce(
            lead(period_starts.start_date) over (
                partition by period_starts.subscription_item_id, period_starts.version_start_date
                order by period_starts.start_date nulls last
            ),
            versions.end_date
        ) as end_date
    from period_starts
    inner join versions
        on
            period_starts.subscription_item_id = versions.subscription_item_id
            and period_starts.version_start_date = versions.start_date

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
            and periods.start_date
            < {{ or_open_date('running_suspensions.end_date') }}
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
