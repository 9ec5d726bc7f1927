-- Grain: one row per customer and band of months to the next term end of its ARR.
-- long because a line is dated before it is banded, and summed after
{{ config(enabled=is_on('books', ['crm', 'renewals'])) }}
with term_lines as (

    select * from {{ ref('int_renewable_lines') }}

),

active_lines as (

    select
        source_system,
        line_id,
        subscription_id,
        product_family,
        customer_id,
        cast(sum(arr_change) as {{ type_money() }}) as arr
    from {{ ref('int_arr_postings') }}
    group by source_system, line_id, subscription_id, product_family, customer_id
    having sum(arr_change) <> 0

),

active_terms as (

    select
        active_lines.*,
        term_lines.end_date,
        case
            when term_lines.line_id is null then 'month_to_month'
            when {{ month_index('term_lines.end_date') }} <= {{ last_published_month_index() }}
                then 'in_grace'
            -- it continues, and no end is known
            else 'later'
        end as band_without_end
    from active_lines
    left join term_lines
        on
            active_lines.source_system = term_lines.source_system
            and active_lines.line_id = term_lines.line_id

),

coming_ends as (

    select * from {{ ref('int_line_renewal_dates') }}
    where {{ month_index('term_end_date') }} > {{ last_published_month_index() }}

),

-- a line that ends within its term, at a step or signed change, renews with the line after it
next_ends as (

    select
        active.source_system,
        active.line_id,
        coalesce(
            min(case when active.line_id = coming_ends.line_id then coming_ends.term_end_date end),
            min(
                case
                    when
                        active.band_without_end = 'later'
                        and coalesce(coming_ends.term_end_date > active.end_date, true)
                        then coming_ends.term_end_date
                end
            )
        ) as term_end_date
    from active_terms as active
    inner join coming_ends
        on
            active.source_system = coming_ends.source_system
            and active.subscription_id = coming_ends.subscription_id
            and active.product_family = coming_ends.product_family
    group by active.source_system, active.line_id

),

-- a discount without a term of its own renews with the charge it reduces
placed as (

    select
        active.customer_id,
        active.arr,
        active.band_without_end,
        case
            when next_ends.term_end_date is null and active.arr < 0
                then min(next_ends.term_end_date) over (
                        partition by
                            active.source_system, active.subscription_id, active.product_family
                    )
            else next_ends.term_end_date
        end as term_end_date
    from active_terms as active
    left join next_ends
        on
            active.source_system = next_ends.source_system
            and active.line_id = next_ends.line_id

),

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
            else band_without_end
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
