-- Grain: one row per origin month, customer, subscription, product family and day on which terms in
-- force at the end of that month next come up, as could be known then; within 12 months.
with lines as (

    select
        *,
        {{ month_index('anchor_date') }} as anchor_month_index
    from {{ ref('int_term_lines_shaped') }}

),

origins as (

    select distinct
        origin_month_index,
        origin_date,
        known_date,
        is_current
    from {{ ref('int_projection_horizons') }}

),

seen as (

    select
        lines.*,
        origins.origin_month_index,
        coalesce(lines.notice_date <= origins.known_date, false) as is_notice_known,
        {{ add_months('lines.anchor_date', whole_division(
            '(origins.origin_month_index - lines.anchor_month_index)', 'lines.term_months'
        ) ~ ' * lines.term_months + lines.term_months') }} as next_end_date,
        -- an end is foreseen where the line states it, notice was given, or a replacement is signed
        case
            when origins.is_current and lines.superseded_date = lines.end_date then lines.end_date
            when lines.notice_date <= origins.known_date then lines.runs_until_date
            when lines.notice_date is null and not lines.is_cut_into_slices
                then lines.runs_until_date
        end as stated_end_date
    from lines
    inner join origins
        on
            lines.start_date <= origins.origin_date
            and (lines.end_date is null or lines.end_date > origins.origin_date)

),

dated as (

    select
        *,
        case
            when next_end_date < stated_end_date or stated_end_date is null then next_end_date
            else stated_end_date
        end as term_end_date
    from seen

),

final as (

    select
        origin_month_index,
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        {{ month_index('term_end_date') }} as term_end_month_index,
        sum(arr) as arr,
        coalesce(max(term_months), 12) as term_months,
        max(case when is_notice_known then 1 else 0 end) = 1 as is_notice_known,
        max(case when stated_end_date is null then 1 else 0 end) = 1 as renews_automatically
    from dated
    where {{ month_index('term_end_date') }} <= origin_month_index + 12
    group by
        origin_month_index,
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date
    having sum(arr) > 0

)

select * from final
