-- Grain: one row per discount of Stripe and subscription that it reaches, applied or not.
-- long because the three levels of discounts come from two tables and end by one rule
{{ config(enabled='stripe' in billing_systems()) }}
with subscription_discounts as (

    select * from {{ ref('stg_stripe__subscription_discounts') }}

),

discount_rows as (

    select * from {{ ref('stg_stripe__customer_discounts') }}
    where not is_on_one_invoice

),

coupons as (

    select * from {{ ref('stg_stripe__coupons') }}

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}

),

discounts as (

    select
        discount_id,
        coupon_id,
        subscription_id,
        subscription_item_id,
        case when subscription_item_id is null then 2 else 1 end as stack_level,
        starts_at,
        ends_at
    from subscription_discounts

    union all

    -- a loader may have those of a subscription here alone; in both tables it is one discount
    select
        discount_rows.discount_id,
        discount_rows.coupon_id,
        discount_rows.subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        2 as stack_level,
        discount_rows.starts_at,
        discount_rows.ends_at
    from discount_rows
    left join subscription_discounts
        on discount_rows.discount_id = subscription_discounts.discount_id
    where
        discount_rows.subscription_id is not null
        and subscription_discounts.discount_id is null

    union all

    select
        discount_rows.discount_id,
        discount_rows.coupon_id,
        subscriptions.subscription_id,
        cast(null as {{ dbt.type_string() }}) as subscription_item_id,
        3 as stack_level,
        discount_rows.starts_at,
        discount_rows.ends_at
    from discount_rows
    inner join subscriptions
        on discount_rows.customer_id = subscriptions.customer_id
    where discount_rows.subscription_id is null

),

-- a discount may land once for every invoice it was on
ranked_discounts as (

    select
        *,
        row_number() over (
            partition by discount_id, subscription_id, subscription_item_id
            order by starts_at nulls last, ends_at nulls last
        ) as copy_number
    from discounts

),

dated_discounts as (

    select
        ranked_discounts.discount_id,
        ranked_discounts.subscription_id,
        ranked_discounts.subscription_item_id,
        ranked_discounts.stack_level,
        ranked_discounts.starts_at,
        coalesce(
            {{ reporting_date('ranked_discounts.starts_at') }}, subscriptions.service_start_date
        ) as start_date,
        case
            when ranked_discounts.ends_at is not null
                then {{ reporting_date('ranked_discounts.ends_at') }}
            when coupons.duration = 'repeating'
                then
                    {{ add_months(
                        'coalesce(' ~ reporting_date('ranked_discounts.starts_at')
                        ~ ', subscriptions.service_start_date)', 'coupons.duration_in_months'
                    ) }}
        end as end_date,
        ranked_discounts.coupon_id,
        coupons.duration,
        coupons.percent_off,
        coupons.amount_off_minor,
        coupons.currency,
        coupons.currency_options,
        coupons.restricted_to_products,
        coupons.coupon_id is null as is_coupon_missing
    from ranked_discounts
    left join coupons
        on ranked_discounts.coupon_id = coupons.coupon_id
    left join subscriptions
        on ranked_discounts.subscription_id = subscriptions.subscription_id
    where ranked_discounts.copy_number = 1 and ranked_discounts.subscription_id is not null

),

final as (

    select
        discount_id,
        subscription_id,
        subscription_item_id,
        stack_level,
        starts_at,
        start_date,
        end_date,
        percent_off,
        amount_off_minor,
        currency,
        currency_options,
        restricted_to_products,
        coupon_id,
        case
            when is_coupon_missing then 'no_coupon'
            when duration = 'once' then 'once'
            when percent_off is null and amount_off_minor is null then 'no_amount'
            when start_date >= end_date then 'never_in_force'
        end as not_applied_reason
    from dated_discounts

)

select * from final
