-- Grain: one row per thing in the rows of Stripe that a person should look at.
-- long because every kind of finding is a branch of its own
{{ config(enabled='stripe' in billing_systems() and is_on('quality')) }}
with discounts as (

    select * from {{ ref('int_stripe_discounts') }}

),

ranked_discounts as (

    select * from {{ ref('int_stripe_line_discounts') }}

),

left_out as (

    select * from {{ ref('int_stripe_item_statements') }}
    where is_left_out

),

items as (

    select * from {{ ref('stg_stripe__subscription_items') }}
    where ended_at is null

),

priced_versions as (

    select * from {{ ref('int_stripe_item_prices') }}

),

lines as (

    select * from {{ ref('int_stripe_item_lines') }}

),

items_of_arr as (

    select distinct subscription_item_id
    from lines
    where charge_type = 'recurring' and gross_amount_minor > 0

),

subscriptions as (

    select * from {{ ref('int_stripe_subscriptions') }}
    where unusable_reason is null and {{ or_open_date('end_date') }} > {{ as_of_date() }}

),

deleted_customers as (

    select * from {{ ref('stg_stripe__customers') }}
    where is_deleted

),

final as (

    -- what it takes off is not known
    select
        'discount_without_coupon' as finding_type,
        subscription_id,
        discount_id as subject_id,
        coupon_id as related_subject_id,
        min(start_date) as found_date
    from discounts
    where not_applied_reason in ('no_coupon', 'no_amount')
    group by subscription_id, discount_id, coupon_id

    union all

    -- nor is it where its amount is in another currency than the subscription
    select
        'discount_without_coupon' as finding_type,
        ranked_discounts.subscription_id,
        ranked_discounts.discount_id as subject_id,
        discounts.coupon_id as related_subject_id,
        min(ranked_discounts.start_date) as found_date
    from ranked_discounts
    inner join discounts
        on
            ranked_discounts.subscription_id = discounts.subscription_id
            and ranked_discounts.discount_id = discounts.discount_id
    where not ranked_discounts.is_amount_known and discounts.not_applied_reason is null
    group by
        ranked_discounts.subscription_id, ranked_discounts.discount_id, discounts.coupon_id

    union all

    select
        'discount_beyond_the_sixth' as finding_type,
        subscription_id,
        discount_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        min(start_date) as found_date
    from ranked_discounts
    where is_amount_known and stack_place > {{ most_stacked_discounts() }}
    group by subscription_id, discount_id

    union all

    select
        'item_left_out_of_invoices' as finding_type,
        left_out.subscription_id,
        left_out.subscription_item_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        left_out.stated_date as found_date
    from left_out
    inner join items
        on left_out.subscription_item_id = items.subscription_item_id
    -- a meter without usage is left out of invoices and loses nothing
    inner join items_of_arr
        on left_out.subscription_item_id = items_of_arr.subscription_item_id

    union all

    select
        'tax_inside_price' as finding_type,
        subscription_id,
        subscription_item_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        min(start_date) as found_date
    from priced_versions
    where is_tax_unknown
    group by subscription_id, subscription_item_id

    union all

    select
        'amount_not_known' as finding_type,
        subscription_id,
        subscription_item_id as subject_id,
        unusable_reason as related_subject_id,
        min(start_date) as found_date
    from lines
    where
        unusable_reason in ('no_price', 'no_amount', 'no_interval')
        or (is_amount_carried and unusable_reason is null)
    group by subscription_id, subscription_item_id, unusable_reason

    union all

    -- Stripe cancels the subscriptions of a customer that is deleted
    select
        'customer_deleted' as finding_type,
        subscriptions.subscription_id,
        subscriptions.subscription_id as subject_id,
        subscriptions.customer_id as related_subject_id,
        subscriptions.service_start_date as found_date
    from subscriptions
    inner join deleted_customers
        on subscriptions.customer_id = deleted_customers.customer_id

    union all

    -- neither an item nor an invoice says what it costs
    select
        'subscription_without_items' as finding_type,
        subscriptions.subscription_id,
        subscriptions.subscription_id as subject_id,
        subscriptions.customer_id as related_subject_id,
        subscriptions.service_start_date as found_date
    from subscriptions
    left join lines
        on subscriptions.subscription_id = lines.subscription_id
    where
        lines.subscription_id is null
        and subscriptions.status not in ({{ quoted_list(stripe_statuses_without_arr()) }})

)

select * from final
