-- Grain: one row per discounted line and stretch in which nothing in its subscription changes.
with lines as (

    select * from {{ ref('int_stripe_item_lines_classified') }}
    where unusable_reason is null and charge_type = 'recurring'

),

discounts as (

    select * from {{ ref('int_stripe_discounts_dated') }}
    where not_applied_reason is null

),

cut_dates as (

    select
        subscription_id,
        start_date as cut_date
    from lines
    union all
    select
        subscription_id,
        end_date as cut_date
    from lines
    union all
    select
        subscription_id,
        start_date as cut_date
    from discounts
    union all
    select
        subscription_id,
        end_date as cut_date
    from discounts

),

discounted_subscriptions as (

    select distinct subscription_id from discounts

),

-- the start of a line is one of its cut dates
slice_starts as (

    select distinct
        lines.line_key,
        cut_dates.cut_date as start_date
    from lines
    inner join discounted_subscriptions
        on lines.subscription_id = discounted_subscriptions.subscription_id
    inner join cut_dates
        on
            lines.subscription_id = cut_dates.subscription_id
            and lines.start_date <= cut_dates.cut_date
            and coalesce(lines.end_date, cast('9999-12-31' as date)) > cut_dates.cut_date

),

final as (

    select
        lines.line_key,
        lines.subscription_item_id,
        lines.subscription_id,
        lines.currency,
        lines.gross_amount_minor,
        slice_starts.start_date,
        coalesce(
            lead(slice_starts.start_date) over (
                partition by slice_starts.line_key
                order by slice_starts.start_date nulls last
            ),
            lines.end_date
        ) as end_date
    from slice_starts
    inner join lines
        on slice_starts.line_key = lines.line_key

)

select * from final
