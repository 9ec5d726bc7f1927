-- Grain: one row per origin month and line that ends for something signed: a beginning of the same
-- customer and product family on that day, or after a gap that the grace days bridge.
with beginnings as (

    select * from {{ ref('int_signed_beginnings_ahead') }}

),

gaps as (

    select * from {{ ref('int_renewal_gaps_found') }}
    where gap_until_date is not null

),

ends as (

    select
        lines.source_system,
        lines.line_id,
        lines.customer_id,
        lines.product_family,
        lines.arr,
        gaps.gap_until_date is not null as is_after_gap,
        coalesce(gaps.gap_until_date, lines.end_date) as change_date
    from {{ ref('int_subscription_lines_normalized') }} as lines
    left join gaps
        on
            lines.customer_key = gaps.customer_key
            and lines.product_family = gaps.product_family
            and case when not lines.ends_in_pause then lines.end_date end = gaps.gap_from_date
    where lines.exclusion_reason is null

),

final as (

    select
        beginnings.origin_month_index,
        ends.source_system,
        ends.line_id,
        ends.customer_id,
        ends.product_family,
        ends.arr,
        ends.change_date
    from beginnings
    inner join ends
        on
            beginnings.customer_id = ends.customer_id
            and beginnings.product_family = ends.product_family
            and beginnings.start_date = ends.change_date
    -- that a gap would be bridged was not known of the past
    where beginnings.is_current or not ends.is_after_gap

)

select * from final
