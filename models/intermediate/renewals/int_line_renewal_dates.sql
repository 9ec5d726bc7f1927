-- Grain: one row per line and end of its terms that comes up for renewal: all past ones, the next.
-- long because a term ends by its length or by what the line states, and a line may be replaced
{{ config(enabled=is_on('renewals')) }}
{%- set stated_end = add_months('lines.anchor_date', 'lengths.months_after_anchor') %}
{%- set told = [
    'line_key', 'contract_key', 'customer_key', 'product_family_key', 'supersedes_line_key',
    'source_system', 'line_id', 'term_end_date', 'subscription_id', 'subscription_item_id',
    'is_changed_in_place', 'customer_id', 'product_family', 'arr', 'first_start_date',
    'end_date', 'notice_date', 'is_contracted_step', 'is_replacement', 'term_months'
] %}
-- lines that begin in the same item on the day another ends
with followers as (

    select
        {{ item_columns() }},
        start_date,
        max(case when is_contracted_step then 1 else 0 end) = 1 as is_contracted_step
    from {{ ref('int_renewable_lines') }}
    where has_terms
    group by {{ item_columns() }}, start_date

),

-- an end on the day of a step is none: the first one after today may lie beyond the last step
last_steps as (

    select
        {{ item_columns() }},
        max(start_date) as start_date
    from followers
    where is_contracted_step and start_date > {{ as_of_date() }}
    group by {{ item_columns() }}

),

lines as (

    select
        lines.*,
        {{ month_index('greatest(lines.start_date, ' ~ as_of_date()
            ~ ', coalesce(last_steps.start_date, lines.start_date))') }}
        - {{ month_index('lines.anchor_date') }} + lines.term_months as last_months_after_anchor
    from {{ ref('int_renewable_lines') }} as lines
    left join last_steps
        on {{ is_of_item('lines', 'last_steps') }}
    where lines.has_terms

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

ends as (

    select
        lines.line_key,
        {{ stated_end }} as term_end_date
    from lines
    -- the first end after today is the last that is kept
    inner join lengths
        on
            lines.term_months = lengths.term_months
            and lines.last_months_after_anchor >= lengths.months_after_anchor
    where
        {{ stated_end }} > lines.start_date
        and (lines.runs_until_date is null or {{ stated_end }} <= lines.runs_until_date)

    union distinct

    select
        lines.line_key,
        lines.runs_until_date as term_end_date
    from lines
    left join followers
        on
            {{ is_of_item('lines', 'followers') }}
            and lines.runs_until_date = followers.start_date
    -- an item that only changed ends no term, and neither does a pause
    where
        lines.runs_until_date > lines.start_date
        and not lines.ends_in_pause
        and not (lines.is_changed_in_place and followers.start_date is not null)

),

in_service as (

    select
        lines.*,
        ends.term_end_date,
        row_number() over (
            partition by
                lines.line_key, ends.term_end_date > {{ as_of_date() }}
            order by ends.term_end_date nulls last
        ) as place_after_today
    from lines
    inner join ends
        on lines.line_key = ends.line_key
    left join followers
        on
            {{ is_of_item('lines', 'followers') }}
            and ends.term_end_date = followers.start_date
    where
        not {{ is_before_end_of_notice('lines', 'ends.term_end_date', as_of_date()) }}
        -- the next step of a contract signed for longer, and a move to another billing system
        and not coalesce(followers.is_contracted_step, false)
        and not (lines.ends_in_cut_over and ends.term_end_date >= lines.end_date)

),

term_ends as (

    select
        *,
        row_number() over (
            partition by line_key, term_end_date >= superseded_date
            order by term_end_date nulls last
        ) as place_since_superseded
    from in_service
    where term_end_date <= {{ as_of_date() }} or place_after_today = 1

),

replacements as (

    select
        supersedes_line_key,
        max(term_end_date) as term_end_date
    from term_ends
    group by supersedes_line_key

),

-- the next step of a contract signed for longer renews nothing
steps as (

    select distinct supersedes_line_key
    from lines
    where is_contracted_step

),

final as (

    select
        {%- for column in told %}
        term_ends.{{ column }},
        {%- endfor %}
        coalesce(term_ends.term_end_date > term_ends.superseded_date, false)
            as is_superseded_before
    from term_ends
    left join replacements
        on term_ends.line_key = replacements.supersedes_line_key
    left join steps
        on term_ends.line_key = steps.supersedes_line_key
    where
        term_ends.superseded_date is null
        or term_ends.term_end_date <= term_ends.superseded_date
        -- replaced within its term: renewed early if the new term runs longer, else only changed
        or (
            term_ends.place_since_superseded = 1
            and steps.supersedes_line_key is null
            and (
                replacements.term_end_date is null
                or replacements.term_end_date > term_ends.term_end_date
            )
        )

)

select * from final
