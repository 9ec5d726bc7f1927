-- Grain: one row per subscription of Stripe, as it stands now.
-- long because the end, the start, the payer and what was moved are settled in one place
{{ config(enabled='stripe' in billing_systems()) }}
{%- set ends = ['versions.current_period_ends_at', 'items.ends_at', 'paid_time.paid_until_at'] %}
with versions as (

    select * from {{ ref('stg_stripe__subscription_versions') }}

),

-- what is paid for after a pause was to end is no part of it
paid_time as (

    select
        versions.subscription_id,
        max(lines.period_ended_at) as paid_until_at
    from versions
    inner join {{ ref('int_stripe_invoice_lines') }} as lines
        on versions.subscription_id = lines.subscription_id
    where
        lines.amount_kind = 'recurring' and lines.amount_minor > 0
        and lines.is_charged and not lines.is_written_off
        and coalesce(lines.period_started_at < versions.pause_resumes_at, true)
    group by versions.subscription_id

),

items as (

    select
        subscription_id,
        max(current_period_ends_at) as ends_at
    from {{ ref('stg_stripe__subscription_items') }}
    where ended_at is null
    group by subscription_id

),

-- customers of one CRM account are one payer, and so are those of accounts merged since
linked_customers as (

    select
        customers.source_customer_id as customer_id,
        coalesce(holders.holder_record_id, customers.crm_account_id) as payer_id
    from {{ ref('int_billing_customers') }} as customers
    left join {{ ref('int_surviving_record_spans') }} as holders
        on
            customers.crm_account_id = holders.record_id
            and holders.record_system not in ({{ quoted_list(billing_systems()) }})
            and holders.until_month_index is null
    where customers.source_system = 'stripe' and customers.crm_account_id is not null

),

ranked_versions as (

    select
        versions.*,
        coalesce(linked_customers.payer_id, versions.customer_id) as payer_id,
        row_number() over (
            partition by versions.subscription_id
            order by
                versions.is_active_version desc nulls last,
                versions.version_started_at desc nulls last,
                versions.synced_at desc nulls last
        ) as newest_first,
        -- newer API versions have the running period on the item, and may leave an old one here
        greatest(
            {%- for end in ends %}
            coalesce({{ end }}, {{ ends | join(', ') }}){{ ',' if not loop.last }}
            {%- endfor %}
        ) as period_ends_at,
        -- a history that begins with its newest state, after a reload: paid time came before it
        case
            when
                count(*) over (partition by versions.subscription_id) > 1
                or versions.status like 'incomplete%'
                then cast(null as {{ dbt.type_timestamp() }})
            when versions.synced_at < paid_time.paid_until_at then versions.synced_at
            else paid_time.paid_until_at
        end as state_since_at
    from versions
    left join paid_time
        on versions.subscription_id = paid_time.subscription_id
    left join items
        on versions.subscription_id = items.subscription_id
    left join linked_customers
        on versions.customer_id = linked_customers.customer_id

),

-- notice is not the end: service lasts until it ended, or until the day on which it is to end, or
-- until it was deleted upstream, where no version is in force
ended_versions as (

    select
        *,
        coalesce(
            ended_at,
            case
                when
                    not is_active_version
                    and coalesce(coalesce(version_ended_at, synced_at) < cancel_at, true)
                    then coalesce(version_ended_at, synced_at)
            end,
            cancel_at,
            case when is_cancelled_at_period_end then period_ends_at end,
            case
                when status in ('canceled', 'incomplete_expired')
                    then
                        coalesce(
                            notice_given_at,
                            period_ends_at,
                            -- without any day it ended when this is first known
                            state_since_at,
                            nullif(version_started_at, created_at),
                            synced_at
                        )
            end
        ) as service_ends_at
    from ranked_versions
    where newest_first = 1

),

dated_versions as (

    select
        subscription_id,
        customer_id,
        payer_id,
        status,
        currency,
        is_live_mode,
        state_since_at,
        {{ reporting_date('created_at') }} as created_date,
        {{ reporting_date('least(created_at, coalesce(started_at, created_at))') }} as started_date,
        {{ reporting_date('service_ends_at') }} as end_date,
        -- Stripe renews by itself, so an end without a notice was asked for by when it was landed
        {{ reporting_date(
            'coalesce(notice_given_at, case when synced_at < service_ends_at then synced_at'
            ~ ' else service_ends_at end)'
        ) }} as notice_date,
        {{ reporting_date(
            'coalesce(billing_cycle_anchored_at, current_period_started_at, trial_ends_at, created_at)'
        ) }} as billing_anchor_date
    from ended_versions

),

-- moved: entered when another subscription of its payer ended, and backdated over its time
moved_subscriptions as (

    select
        moved.subscription_id,
        max(least(ended.end_date, moved.created_date)) as moved_date
    from dated_versions as moved
    inner join dated_versions as ended
        on
            moved.payer_id = ended.payer_id
            and moved.subscription_id <> ended.subscription_id
            and moved.created_date > ended.created_date
            and moved.started_date < ended.end_date
            and {{ add_days('moved.created_date', '-' ~ renewal_grace_days()) }} <= ended.end_date
            and {{ add_days('moved.created_date', renewal_grace_days()) }} >= ended.end_date
    where moved.started_date < moved.created_date
    group by moved.subscription_id

),

final as (

    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.payer_id,
        subscriptions.status,
        subscriptions.currency,
        subscriptions.created_date,
        -- the day it began, also where it was entered later, but no day counts twice
        coalesce(moved.moved_date, subscriptions.started_date) as service_start_date,
        subscriptions.end_date,
        subscriptions.notice_date,
        subscriptions.billing_anchor_date,
        subscriptions.state_since_at,
        case
            when not subscriptions.is_live_mode then 'test_mode'
            when
                subscriptions.status in ('incomplete', 'incomplete_expired')
                and subscriptions.status in ({{ quoted_list(stripe_statuses_without_arr()) }})
                then 'status_incomplete'
        end as unusable_reason
    from dated_versions as subscriptions
    left join moved_subscriptions as moved
        on subscriptions.subscription_id = moved.subscription_id

)

select * from final
