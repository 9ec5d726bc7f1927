-- Grain: one row per subscription item and period of service; an item without service has one.
-- long because every reason why an item has no ARR is in one list
{{ config(enabled='stripe' in billing_systems()) }}
with versions as (

    select * from {{ ref('int_stripe_item_prices') }}

),

periods as (

    select * from {{ ref('int_stripe_item_service_periods') }}

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

numbered_versions as (

    select
        versions.*,
        row_number() over (
            partition by versions.subscription_item_id
            order by versions.start_date nulls last
        ) as version_number,
        count(periods.start_date) over (partition by versions.subscription_item_id) as period_count,
        max(coalesce(periods.end_date, cast('9999-12-31' as date))) over (
            partition by versions.subscription_item_id
        ) as item_end_date,
        periods.start_date as period_start_date,
        periods.end_date as period_end_date,
        periods.ends_in_pause,
        periods.is_in_trial
    from versions
    left join periods
        on
            versions.subscription_item_id = periods.subscription_item_id
            and versions.start_date = periods.version_start_date

),

-- an item that was never in service keeps one line of no length, so that it is listed
kept_versions as (

    select *
    from numbered_versions
    where
        period_start_date is not null
        or (period_count = 0 and version_number = 1)

),

final as (

    select
        kept.subscription_item_id
        || '/' || cast(coalesce(kept.period_start_date, kept.start_date) as {{ dbt.type_string() }})
            as line_key,
        kept.subscription_item_id,
        coalesce(kept.subscription_id, 'unknown') as subscription_id,
        coalesce(subscriptions.customer_id, 'unknown') as customer_id,
        coalesce(kept.product_id, 'unknown') as product_id,
        kept.plan_tier,
        coalesce(kept.period_start_date, kept.start_date) as start_date,
        case
            when kept.period_count = 0 then kept.start_date
            else kept.period_end_date
        end as end_date,
        coalesce(kept.ends_in_pause, false) as ends_in_pause,
        coalesce(kept.gross_amount_minor, 0) as gross_amount_minor,
        coalesce(kept.minor_unit, cast(0.01 as numeric(4, 3))) as minor_unit,
        coalesce(kept.periods_per_year_numerator, 0) as periods_per_year_numerator,
        coalesce(kept.periods_per_year_denominator, 1) as periods_per_year_denominator,
        kept.quantity,
        -- ISO 4217 writes no currency as XXX
        coalesce(kept.currency, 'XXX') as currency,
        case
            when kept.charge_type in ('one_time', 'usage') then kept.charge_type
            when kept.is_in_trial then 'trial'
            else 'recurring'
        end as charge_type,
        -- an item taken out of a subscription that runs on was given notice by that
        coalesce(
            subscriptions.notice_date,
            case
                when
                    kept.period_end_date = kept.item_end_date
                    and kept.period_end_date
                    < coalesce(subscriptions.end_date, cast('9999-12-31' as date))
                    then kept.period_end_date
            end
        ) as notice_date,
        case
            when subscriptions.subscription_id is null then 'no_subscription'
            when subscriptions.unusable_reason is not null then subscriptions.unusable_reason
            when not kept.has_price then 'no_price'
            when kept.charge_type = 'recurring' and kept.periods_per_year_numerator = 0
                then 'no_interval'
            when kept.gross_amount_minor is null then 'no_amount'
            when kept.period_count = 0 then 'never_in_service'
        end as unusable_reason,
        kept.source_table,
        kept.source_row_id,
        kept.load_id
    from kept_versions as kept
    left join subscriptions
        on kept.subscription_id = subscriptions.subscription_id

)

select * from final
