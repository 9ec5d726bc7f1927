-- Grain: one row per subscription line that carries ARR, with the months it counts in after grace days.
-- long because the lines are read four times; in one model the engine derives them once.
with lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null

),

-- how far the family was covered before each charge; discounts cover nothing
coverage as (

    select
        customer_id,
        product_family,
        start_date,
        max(coalesce(end_date, cast('9999-12-31' as date))) over (
            partition by customer_id, product_family order by start_date, end_date
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from lines
    where arr_in_line_currency > 0

),

closed_gaps as (

    select
        customer_id,
        product_family,
        covered_until_date as gap_from_date,
        min(start_date) as gap_until_date
    from coverage
    where
        start_date > covered_until_date
        and start_date <= {{ add_days('covered_until_date', renewal_grace_days()) }}
    group by customer_id, product_family, covered_until_date

),

-- ended at most so many days ago and nothing signed since: a late renewal may still come
open_gaps as (

    select
        customer_id,
        product_family,
        max(end_date) as gap_from_date
    from lines
    where arr_in_line_currency > 0
    group by customer_id, product_family
    having
        count(*) = count(end_date)
        and max(end_date) <= {{ as_of_date() }}
        and {{ add_days('max(end_date)', renewal_grace_days()) }} > {{ as_of_date() }}

),

graced as (

    select
        lines.*,
        case
            when lines.ends_in_pause then lines.end_date
            when open_gaps.gap_from_date is not null and lines.notice_date is null then cast(null as date)
            else coalesce(closed_gaps.gap_until_date, lines.end_date)
        end as counted_until_date,
        coalesce(
            open_gaps.gap_from_date is not null and lines.notice_date is null and not lines.ends_in_pause,
            false
        ) as is_in_grace
    from lines
    left join closed_gaps
        on
            lines.customer_id = closed_gaps.customer_id
            and lines.product_family = closed_gaps.product_family
            and lines.end_date = closed_gaps.gap_from_date
    left join open_gaps
        on
            lines.customer_id = open_gaps.customer_id
            and lines.product_family = open_gaps.product_family
            and lines.end_date = open_gaps.gap_from_date

),

months as (

    select
        *,
        greatest({{ month_index('start_date') }}, {{ history_start_month_index() }}) as from_month_index,
        {{ month_index('counted_until_date') }} as until_month_index
    from graced

),

final as (

    select
        source_system,
        line_id,
        subscription_id,
        customer_id,
        product_id,
        product_family,
        tier_key,
        start_date,
        end_date,
        counted_until_date,
        is_in_grace,
        from_month_index,
        until_month_index,
        quantity,
        currency,
        arr,
        is_contracted_step
    from months
    where
        from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > from_month_index)

)

select * from final
