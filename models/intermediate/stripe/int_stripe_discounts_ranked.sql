-- Grain: one row per discounted stretch of a line and discount in force on it.
with slices as (

    select * from {{ ref('int_stripe_discount_slices_cut') }}

),

discounts as (

    select * from {{ ref('int_stripe_discounts_dated') }}
    where not_applied_reason is null

),

applicable as (

    select
        slices.line_key,
        slices.subscription_item_id,
        slices.subscription_id,
        slices.start_date,
        discounts.discount_id,
        discounts.stack_level,
        discounts.stack_level > 1 as is_shared,
        discounts.start_date as discount_start_date,
        discounts.percent_off,
        discounts.amount_off_minor
    from slices
    inner join discounts
        on
            slices.subscription_id = discounts.subscription_id
            and slices.subscription_item_id
            = coalesce(discounts.subscription_item_id, slices.subscription_item_id)
            and slices.start_date >= discounts.start_date
            and slices.start_date < coalesce(discounts.end_date, cast('9999-12-31' as date))
            and (
                discounts.amount_off_minor is null
                or slices.currency = coalesce(discounts.currency, slices.currency)
            )

),

-- discounts of one item come first; those of the subscription are ranked once for all its items
ranked_in_level as (

    select
        *,
        case
            when not is_shared
                then
                    row_number() over (
                        partition by line_key, start_date
                        order by stack_level, discount_start_date nulls last, discount_id
                    )
            else 0
        end as item_rank,
        case
            when is_shared
                then
                    dense_rank() over (
                        partition by subscription_id, start_date, is_shared
                        order by stack_level, discount_start_date nulls last, discount_id
                    )
            else 0
        end as shared_rank
    from applicable

),

final as (

    select
        line_key,
        subscription_item_id,
        subscription_id,
        start_date,
        discount_id,
        percent_off,
        amount_off_minor,
        case
            when not is_shared then item_rank
            else shared_rank + max(item_rank) over (partition by subscription_id, start_date)
        end as stack_place
    from ranked_in_level

)

select * from final
