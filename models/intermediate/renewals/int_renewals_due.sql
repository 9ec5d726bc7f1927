-- Grain: one row per customer, subscription, product family and day on which terms of it end.
-- long because a term goes on in its line, in its subscription or in a line that replaces it
{{ config(enabled=is_on('renewals')) }}
{%- set family = 'source_system, subscription_id, customer_id, product_family' %}
{%- set begun = 'counted.start_date as renewal_date, counted.subscription_id, counted.arr' %}
with line_ends as (

    select
        *,
        term_end_date = end_date and not is_changed_in_place as is_at_last_end,
        dense_rank() over (
            order by {{ family }}, term_end_date
        ) as renewal_key
    from {{ ref('int_line_renewal_dates') }}

),

counted as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null

),

terms as (

    select
        renewal_key,
        {{ family }},
        term_end_date,
        cast(sum(arr) as {{ type_money() }}) as up_for_renewal_arr,
        max(term_months) as term_months,
        max(case when notice_date <= term_end_date or is_at_last_end then notice_date end)
            as notice_date,
        max(case when end_date is null then 1 else 0 end) = 1 as renews_automatically
    from line_ends
    group by renewal_key, {{ family }}, term_end_date
    having sum(arr) > 0

),

-- the line goes on, a line of its subscription begins that day, or a line replaces it by then
continuations as (

    select
        renewal_key,
        line_id,
        term_end_date as renewal_date,
        subscription_id,
        arr
    from line_ends
    where coalesce(end_date > term_end_date, true)

    union distinct

    select
        terms.renewal_key,
        counted.line_id,
        {{ begun }}
    from terms
    inner join counted
        on
            terms.source_system = counted.source_system
            and terms.subscription_id = counted.subscription_id
            and terms.customer_id = counted.customer_id
            and terms.product_family = counted.product_family
            and terms.term_end_date = counted.start_date

    union distinct

    select
        line_ends.renewal_key,
        counted.line_id,
        {{ begun }}
    from line_ends
    inner join counted
        on
            line_ends.source_system = counted.source_system
            and line_ends.line_id = counted.supersedes_line_id
    where line_ends.is_superseded_before or line_ends.term_end_date = counted.start_date

),

continued as (

    select
        renewal_key,
        min(renewal_date) as renewal_date,
        min(subscription_id) as subscription_id,
        sum(arr) as arr
    from continuations
    group by renewal_key
    having sum(arr) > 0

),

final as (

    select
        terms.*,
        continued.renewal_date as continuation_date,
        continued.subscription_id as continuation_subscription_id,
        continued.arr as continuation_arr
    from terms
    left join continued on terms.renewal_key = continued.renewal_key

)

select * from final
