-- Grain: one row per line and end of one of its terms that comes up for renewal: every past one and
-- the next one.
with term_ends as (

    select
        *,
        row_number() over (
            partition by source_system, line_id, term_end_date > superseded_date
            order by term_end_date
        ) as place_after_superseded
    from {{ ref('int_term_ends_dated') }}

),

superseding_terms as (

    select
        source_system,
        supersedes_line_id,
        max(term_end_date) as term_end_date
    from term_ends
    where supersedes_line_id is not null
    group by source_system, supersedes_line_id

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
    where
        term_ends.superseded_date is null
        or term_ends.term_end_date <= term_ends.superseded_date
        -- replaced within its term: renewed early if the new term runs longer, else only changed
        or (
            term_ends.place_after_superseded = 1
            and (
                superseding_terms.term_end_date is null
                or superseding_terms.term_end_date > term_ends.term_end_date
            )
        )

)

select * from final
