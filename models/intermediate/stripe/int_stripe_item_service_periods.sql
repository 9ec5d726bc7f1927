-- Grain: one row per subscription item and stretch of service, inside or outside a trial.
-- long because suspensions and trials may overlap and so are cut in one pass
with versions as (

    select * from {{ ref('int_stripe_item_prices') }}
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

slice_starts as (

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

slices as (

    select
        versions.subscription_item_id,
        versions.subscription_id,
        slice_starts.version_start_date,
        slice_starts.start_date,
        coalesce(
            lead(slice_starts.start_date) over (
                partition by slice_starts.subscription_item_id, slice_starts.version_start_date
                order by slice_starts.start_date nulls last
            ),
            versions.end_date
        ) as end_date
    from slice_starts
    inner join versions
        on
            slice_starts.subscription_item_id = versions.subscription_item_id
            and slice_starts.version_start_date = versions.start_date

),

final as (

    select
        slices.subscription_item_id,
        slices.version_start_date,
        slices.start_date,
        slices.end_date,
        coalesce(next_suspensions.starts_with_pause, false) as ends_in_pause,
        trials.subscription_id is not null as is_in_trial
    from slices
    left join suspensions as running_suspensions
        on
            slices.subscription_id = running_suspensions.subscription_id
            and slices.start_date >= running_suspensions.start_date
            and slices.start_date
            < {{ or_open_date('running_suspensions.end_date') }}
    left join suspensions as next_suspensions
        on
            slices.subscription_id = next_suspensions.subscription_id
            and slices.end_date = next_suspensions.start_date
    left join trials
        on
            slices.subscription_id = trials.subscription_id
            and slices.start_date >= trials.start_date
            and slices.start_date < trials.end_date
    where running_suspensions.subscription_id is null

)

select * from final
