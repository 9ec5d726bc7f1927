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
        customer_id,
        cast(sum(arr_change) as {{ type_money() }}) as arr
    from {{ ref('int_arr_postings') }}
    group by source_system, line_id, customer_id
    having sum(arr_change) <> 0

),

active_terms as (

    select
        active_lines.customer_id,
        active_lines.arr,
        term_lines.line_key,
        term_lines.contract_key,
        term_lines.end_date,
        case
            when not term_lines.has_terms then 'month_to_month'
            when {{ month_index('term_lines.end_date') }} <= {{ last_published_month_index() }}
                then 'in_grace'
            -- it continues, and no end is known
            else 'later'
        end as band_without_end
    from active_lines
    inner join term_lines
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
        active.line_key,
        coalesce(
            min(
                case
                    when active.line_key = coming_ends.line_key then coming_ends.term_end_date
                end
            ),
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
        on active.contract_key = coming_ends.contract_key
    group by active.line_key

),

-- a discount without a term of its own renews with the charge it reduces
placed as (

    select
        active.customer_id,
        active.arr,
        active.band_without_end,
        case
            when next_ends.term_end_date is null and active.arr < 0
                then min(next_ends.term_end_date) over (partition by active.contract_key)
            else next_ends.term_end_date
        end as term_end_date
    from active_terms as active
    left join next_ends
        on active.line_key = next_ends.line_key

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
