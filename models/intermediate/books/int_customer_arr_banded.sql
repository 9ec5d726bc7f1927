-- Grain: one row per customer and band of months to renewal: the ARR of the last published month by
-- when it comes up next.
-- long because a line is dated before it is banded, and summed after
with postings as (

    select * from {{ ref('int_arr_postings') }}

),

term_ends as (

    select * from {{ ref('int_term_ends_listed') }}

),

term_lines as (

    select * from {{ ref('int_term_lines_shaped') }}

),

held as (

    select
        source_system,
        line_id,
        subscription_id,
        product_family,
        customer_id,
        cast(sum(arr_change) as {{ type_money() }}) as arr
    from postings
    group by source_system, line_id, subscription_id, product_family, customer_id
    having sum(arr_change) <> 0

),

next_ends as (

    select
        source_system,
        line_id,
        min(term_end_date) as term_end_date
    from term_ends
    where {{ month_index('term_end_date') }} > {{ last_published_month_index() }}
    group by source_system, line_id

),

dated as (

    select
        held.*,
        term_lines.line_id is not null as has_term,
        next_ends.term_end_date as own_term_end_date,
        min(next_ends.term_end_date) over (
            partition by held.source_system, held.subscription_id, held.product_family
        ) as first_term_end_date
    from held
    left join term_lines
        on
            held.source_system = term_lines.source_system
            and held.line_id = term_lines.line_id
    left join next_ends
        on
            held.source_system = next_ends.source_system
            and held.line_id = next_ends.line_id

),

-- a discount without a term of its own comes up with what it is taken off
placed as (

    select
        customer_id,
        arr,
        has_term,
        case
            when own_term_end_date is null and arr < 0 then first_term_end_date
            else own_term_end_date
        end as term_end_date
    from dated

),

-- counted to the last day of the term
counted as (

    select
        *,
        {{ month_index(add_days('term_end_date', -1)) }}
        - {{ last_published_month_index() }} as months_ahead
    from placed

),

banded as (

    select
        customer_id,
        arr,
        term_end_date,
        case
            when months_ahead <= 3 then 'months_0_3'
            when months_ahead <= 6 then 'months_3_6'
            when months_ahead <= 9 then 'months_6_9'
            when months_ahead <= 12 then 'months_9_12'
            when months_ahead is not null then 'later'
            when has_term then 'in_grace'
            else 'month_to_month'
        end as renewal_band
    from counted

),

final as (

    select
        customer_id,
        renewal_band,
        cast(sum(arr) as {{ type_money() }}) as arr,
        min(term_end_date) as next_term_end_date
    from banded
    group by customer_id, renewal_band

)

select * from final
