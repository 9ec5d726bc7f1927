-- Grain: one row per term up for renewal that goes on without a gap in its own subscription or in a
-- line that replaces it, with what it goes on at.
-- long because a term goes on in one of three ways
with counted as (

    select * from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null

),

links as (

    select distinct
        source_system,
        line_id,
        supersedes_line_id
    from {{ ref('int_subscription_lines_dated') }}
    where supersedes_line_id is not null

),

term_ends as (

    select
        term_ends.source_system,
        term_ends.line_id,
        term_ends.term_end_date,
        term_ends.is_superseded_before,
        counted.subscription_id,
        counted.customer_id,
        counted.product_family,
        counted.arr,
        counted.end_date
    from {{ ref('int_term_ends_listed') }} as term_ends
    inner join counted
        on
            term_ends.source_system = counted.source_system
            and term_ends.line_id = counted.line_id

),

terms as (

    select distinct
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date
    from term_ends

),

continuations as (

    -- the same line, for another term
    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        term_end_date as renewal_date,
        subscription_id as renewed_by_subscription_id,
        arr
    from term_ends
    where not is_superseded_before and coalesce(end_date > term_end_date, true)

    union all

    -- lines of the subscription that begin on the day
    select
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.term_end_date as renewal_date,
        terms.subscription_id as renewed_by_subscription_id,
        counted.arr
    from terms
    inner join counted
        on
            terms.source_system = counted.source_system
            and terms.subscription_id = counted.subscription_id
            and terms.customer_id = counted.customer_id
            and terms.product_family = counted.product_family
            and terms.term_end_date = counted.start_date

    union all

    -- a line that replaced it before the day
    select
        term_ends.source_system,
        term_ends.subscription_id,
        term_ends.customer_id,
        term_ends.product_family,
        term_ends.term_end_date,
        counted.start_date as renewal_date,
        counted.subscription_id as renewed_by_subscription_id,
        counted.arr
    from term_ends
    inner join links
        on
            term_ends.source_system = links.source_system
            and term_ends.line_id = links.supersedes_line_id
    inner join counted
        on
            links.source_system = counted.source_system
            and links.line_id = counted.line_id
    where term_ends.is_superseded_before

),

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        min(renewal_date) as renewal_date,
        min(renewed_by_subscription_id) as renewed_by_subscription_id,
        sum(arr) as renewed_arr
    from continuations
    group by source_system, subscription_id, customer_id, product_family, term_end_date
    having sum(arr) > 0

)

select * from final
