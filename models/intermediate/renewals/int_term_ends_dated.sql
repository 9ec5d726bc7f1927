-- Grain: one row per line and end of one of its terms, whatever became of the line within it: every
-- past end and the next one.
-- long because a term ends by its length or by what the line states
with lines as (

    select
        *,
        {{ month_index('greatest(start_date, ' ~ as_of_date() ~ ')') }}
        - {{ month_index('anchor_date') }} + term_months as last_months_after_anchor
    from {{ ref('int_term_lines_shaped') }}

),

counts as (

    select row_number() over (order by month_index) as terms
    from {{ ref('int_calendar_months') }}

),

lengths_in_use as (

    select distinct term_months from lines

),

lengths as (

    select
        lengths_in_use.term_months,
        counts.terms * lengths_in_use.term_months as months_after_anchor
    from lengths_in_use
    inner join counts
        on lengths_in_use.term_months * counts.terms <= 600

),

-- what follows in the same subscription on the day a line runs out
followers as (

    select
        source_system,
        subscription_id,
        subscription_item_id,
        product_family,
        start_date,
        max(case when is_contracted_step then 1 else 0 end) as is_contracted_step
    from lines
    group by
        source_system, subscription_id, subscription_item_id, product_family, start_date

),

by_length as (

    select
        lines.source_system,
        lines.line_id,
        {{ add_months('lines.anchor_date', 'lengths.months_after_anchor') }} as term_end_date
    from lines
    -- the first end after today is the last that is kept
    inner join lengths
        on
            lines.term_months = lengths.term_months
            and lines.last_months_after_anchor >= lengths.months_after_anchor

),

by_statement as (

    select
        lines.source_system,
        lines.line_id,
        lines.runs_until_date as term_end_date
    from lines
    left join followers
        on
            lines.source_system = followers.source_system
            and lines.subscription_id = followers.subscription_id
            and lines.subscription_item_id = followers.subscription_item_id
            and lines.product_family = followers.product_family
            and lines.runs_until_date = followers.start_date
    -- a slice that the next one takes up ends no term, and a pause ends none
    where
        lines.runs_until_date is not null
        and not lines.ends_in_pause
        and not (lines.is_cut_into_slices and followers.start_date is not null)

),

ends as (

    select * from by_length
    union distinct
    select * from by_statement

),

in_service as (

    select
        lines.source_system,
        lines.line_id,
        lines.supersedes_line_id,
        lines.superseded_date,
        ends.term_end_date,
        row_number() over (
            partition by
                lines.source_system, lines.line_id, ends.term_end_date > {{ as_of_date() }}
            order by ends.term_end_date nulls last
        ) as place_after_today
    from lines
    inner join ends
        on
            lines.source_system = ends.source_system
            and lines.line_id = ends.line_id
    left join followers
        on
            lines.source_system = followers.source_system
            and lines.subscription_id = followers.subscription_id
            and lines.subscription_item_id = followers.subscription_item_id
            and lines.product_family = followers.product_family
            and ends.term_end_date = followers.start_date
    where
        ends.term_end_date > lines.start_date
        and (lines.runs_until_date is null or ends.term_end_date <= lines.runs_until_date)
        -- the next step of a contract signed for longer, and a move to another billing system
        and coalesce(followers.is_contracted_step, 0) = 0
        and not (lines.ends_in_cut_over and ends.term_end_date >= lines.end_date)

),

final as (

    select
        source_system,
        line_id,
        supersedes_line_id,
        superseded_date,
        term_end_date
    from in_service
    where term_end_date <= {{ as_of_date() }} or place_after_today = 1

)

select * from final
