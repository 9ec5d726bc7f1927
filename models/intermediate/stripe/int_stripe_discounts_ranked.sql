-- Grain: one row per discounted stretch of a line and discount in force on it.
-- long because what is in force is found before it is ranked
with slices as (

    select * from {{ ref('int_stripe_discounted_line_periods') }}

),

discounts as (

    select * from {{ ref('int_stripe_discount_periods') }}

),

-- in force on the day on which the period was billed; where none was, in the periods it reaches
in_force as (

    select
        slices.line_key,
        slices.subscription_item_id,
        slices.subscription_id,
        slices.start_date,
        discounts.discount_id,
        discounts.stack_level,
        discounts.stack_level > 1 as is_shared,
        discounts.discount_start_date,
        discounts.is_amount_known,
        discounts.is_restricted,
        discounts.percent_off,
        discounts.amount_off_minor,
        discounts.invoices_per_million_years,
        max(discounts.invoices_per_million_years) over (
            partition by slices.subscription_id, slices.start_date, discounts.discount_id
        ) as most_invoices_per_million_years
    from slices
    inner join discounts
        on
            slices.line_key = discounts.line_key
            and (
                (
                    slices.billed_date is not null
                    and slices.billed_date >= coalesce(discounts.given_date, slices.billed_date)
                    and slices.billed_date
                    < {{ or_open_date('discounts.taken_back_date') }}
                )
                or (
                    slices.billed_date is null
                    and slices.start_date >= coalesce(discounts.start_date, slices.start_date)
                    and slices.start_date
                    < {{ or_open_date('discounts.end_date') }}
                )
            )

),

applicable as (

    select *
    from in_force
    where
        percent_off is not null
        or not is_amount_known
        or invoices_per_million_years = most_invoices_per_million_years

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
        is_amount_known,
        is_restricted,
        percent_off,
        amount_off_minor,
        case
            when not is_shared then item_rank
            else shared_rank + max(item_rank) over (partition by subscription_id, start_date)
        end as stack_place
    from ranked_in_level

)

select * from final
