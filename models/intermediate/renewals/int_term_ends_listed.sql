-- Grain: one row per line and end of one of its terms that comes up for renewal: every past one and
-- the next one.
with term_ends as (

    select
        *,
        row_number() over (
            partition by source_system, line_id, term_end_date >= superseded_date
            order by term_end_date
        ) as place_since_superseded
    from {{ ref('int_term_ends_dated') }}

),

superseding_terms as (

    select
        source_system,
        supersedes_line_id,
        max(term_end_date) as term_end_date
    from term_ends
    group by source_system, supersedes_line_id

),

-- the next step of a contract signed for longer renews nothing
steps as (

    select distinct
        source_system,
        supersedes_line_id
    from {{ ref('int_term_lines_shaped') }}
    where is_contracted_step

),

final as (

    select
        term_ends.source_system,
        term_ends.line_id,
        term_ends.term_end_date,
        coalesce(term_ends.term_end_date > term_ends.superseded_date, false)
            as is_superseded_before
    from term_ends
    left join superseding_terms
        on
            term_ends.source_system = superseding_terms.source_system
            and term_ends.line_id = superseding_terms.supersedes_line_id
    left join steps
        on
            term_ends.source_system = steps.source_system
            and term_ends.line_id = steps.supersedes_line_id
    where
        term_ends.superseded_date is null
        or term_ends.term_end_date <= term_ends.superseded_date
        -- replaced within its term: renewed early if the new term runs longer, else only changed
        or (
            term_ends.place_since_superseded = 1
            and steps.supersedes_line_id is null
            and (
                superseding_terms.term_end_date is null
                or superseding_terms.term_end_date > term_ends.term_end_date
            )
        )

)

select * from final
