-- Grain: one row per subscription item and period of service; an item without service has one.
-- long because every reason why an item has no ARR is in one list
{{ config(enabled='stripe' in billing_systems()) }}
{%- set amount_columns = [
    'gross_amount_minor', 'periods_a_year', 'intervals_a_period', 'currency', 'minor_unit',
] %}
{%- set period_end = or_open_date('periods.end_date') %}
{%- set next_of_item %} over (
            partition by versions.subscription_item_id
            order by versions.start_date nulls last, periods.start_date nulls last
        ){% endset %}
{%- set is_known = 'is_recurring and gross_amount_minor is not null and periods_a_year > 0' %}
with versions as (

    select * from {{ ref('int_stripe_item_prices') }}

),

periods as (

    select * from {{ ref('int_stripe_item_service_periods') }}

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

-- a price without a row, or without an interval, recurs by the months charged
timed_versions as (

    select
        *,
        coalesce(charge_type, 'recurring') = 'recurring' as is_recurring,
        coalesce(
            periods_per_year_numerator, case when charged_months > 0 then 12 end
        ) as periods_a_year,
        case
            when periods_per_year_numerator is null then charged_months
            else periods_per_year_denominator
        end as intervals_a_period
    from versions

),

known_versions as (

    select
        *,
        {{ is_known }} as is_amount_known,
        sum(case when {{ is_known }} then 1 else 0 end) over (
            partition by subscription_item_id order by start_date nulls last
        ) as amounts_known,
        sum(case when has_price then 1 else 0 end) over (
            partition by subscription_item_id order by start_date nulls last
        ) as prices_known
    from timed_versions

),

-- an item of unknown amount has not left: the last one known stands, or the first of its price
carried_versions as (

    select
        *,
        {%- for column in amount_columns %}
        case
            when is_amount_known or not is_recurring then {{ column }}
            else
                coalesce(
                    max(case when is_amount_known then {{ column }} end) over (
                        partition by subscription_item_id, amounts_known
                    ),
                    max(
                        case when is_amount_known and amounts_known = 1 then {{ column }} end
                    ) over (partition by subscription_item_id, price_id),
                    {{ column }}
                )
        end as standing_{{ column }},
        {%- endfor %}
        -- a product that is not known is no other one
        coalesce(
            max(product_id) over (partition by subscription_item_id, prices_known),
            max(case when prices_known = 1 then product_id end) over (
                partition by subscription_item_id
            )
        ) as standing_product_id
    from known_versions

),

numbered_versions as (

    select
        versions.*,
        versions.is_recurring
        and not versions.is_amount_known
        and versions.standing_gross_amount_minor is not null
        and versions.standing_periods_a_year > 0 as is_amount_carried,
        row_number() over (
            partition by versions.subscription_item_id
            order by versions.start_date nulls last
        ) as version_number,
        count(periods.start_date) over (partition by versions.subscription_item_id) as period_count,
        -- a version without a period, such as a removal, ends no later
        max(case when periods.start_date is not null then {{ period_end }} end) over (
            partition by versions.subscription_item_id
        ) as item_end_date,
        lead(versions.standing_product_id){{ next_of_item }} as next_product_id,
        lead(versions.standing_gross_amount_minor){{ next_of_item }} as next_amount_minor,
        periods.start_date as period_start_date,
        periods.end_date as period_end_date,
        periods.ends_in_pause,
        periods.is_in_trial
    from carried_versions as versions
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
        coalesce(kept.standing_product_id, 'unknown') as product_id,
        kept.plan_tier,
        coalesce(kept.period_start_date, kept.start_date) as start_date,
        case
            when kept.period_count = 0 then kept.start_date
            else kept.period_end_date
        end as end_date,
        coalesce(kept.ends_in_pause, false) as ends_in_pause,
        coalesce(kept.standing_gross_amount_minor, 0) as gross_amount_minor,
        coalesce(kept.standing_minor_unit, cast(0.01 as numeric(4, 3))) as minor_unit,
        coalesce(kept.standing_periods_a_year, 0) as periods_per_year_numerator,
        coalesce(kept.standing_intervals_a_period, 1) as periods_per_year_denominator,
        kept.quantity,
        -- ISO 4217 writes no currency as XXX
        coalesce(kept.standing_currency, 'XXX') as currency,
        case
            when kept.charge_type in ('one_time', 'usage') then kept.charge_type
            when kept.is_in_trial then 'trial'
            else 'recurring'
        end as charge_type,
        -- an item taken out of a subscription that runs on was given notice by that, and so was one
        -- that became free or another product
        coalesce(
            subscriptions.notice_date,
            case
                when
                    (
                        kept.period_end_date = kept.item_end_date
                        or kept.standing_product_id <> kept.next_product_id
                        or kept.next_amount_minor = 0
                    )
                    and kept.period_end_date < {{ or_open_date('subscriptions.end_date') }}
                    then kept.period_end_date
            end
        ) as notice_date,
        case
            when subscriptions.subscription_id is null then 'no_subscription'
            when subscriptions.unusable_reason is not null then subscriptions.unusable_reason
            when not kept.has_price and kept.standing_periods_a_year is null then 'no_price'
            when kept.charge_type = 'recurring' and coalesce(kept.standing_periods_a_year, 0) = 0
                then 'no_interval'
            when kept.standing_gross_amount_minor is null then 'no_amount'
            when kept.period_count = 0 then 'never_in_service'
        end as unusable_reason,
        kept.is_amount_carried or not kept.has_price as is_amount_carried,
        kept.source_table,
        kept.source_row_id,
        kept.load_id
    from kept_versions as kept
    left join subscriptions
        on kept.subscription_id = subscriptions.subscription_id

)

select * from final
