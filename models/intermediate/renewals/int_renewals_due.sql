-- Grain: one row per customer, subscription, product family and day on which terms of it end.
-- long because a term goes on in its line, in its subscription or in a line that replaces it
{{ config(enabled=is_on('renewals')) }}
{%- set keys = 'contract_key, customer_key, product_family_key' %}
{%- set begun = 'counted.start_date as renewal_date, counted.subscription_id, counted.arr' %}
with line_ends as (

    select
        *,
        term_end_date = end_date and not is_changed_in_place as is_at_last_end,
        dense_rank() over (order by contract_key, term_end_date) as renewal_key
    from {{ ref('int_line_renewal_dates') }}

),

counted as (

    select * from {{ ref('int_renewable_lines') }}

),

terms as (

    select
        renewal_key,
        {{ keys }},
        term_end_date,
        {%- for text in ['source_system', 'subscription_id', 'customer_id', 'product_family'] %}
        min({{ text }}) as {{ text }},
        {%- endfor %}
        cast(sum(arr) as {{ type_money() }}) as up_for_renewal_arr,
        max(term_months) as term_months,
        max(case when notice_date <= term_end_date or is_at_last_end then notice_date end)
            as notice_date,
        max(case when end_date is null then 1 else 0 end) = 1 as renews_automatically
    from line_ends
    group by renewal_key, {{ keys }}, term_end_date
    having sum(arr) > 0

),

-- the line goes on, a line of its subscription begins that day, or a line replaces it by then
continuations as (

    select
        renewal_key,
        line_key,
        term_end_date as renewal_date,
        subscription_id,
        arr
    from line_ends
    where coalesce(end_date > term_end_date, true)

    union distinct

    select
        terms.renewal_key,
        counted.line_key,
        {{ begun }}
    from terms
    inner join counted
        on
            terms.contract_key = counted.contract_key
            and terms.term_end_date = counted.start_date

    union distinct

    select
        line_ends.renewal_key,
        counted.line_key,
        {{ begun }}
    from line_ends
    inner join counted
        on line_ends.line_key = counted.supersedes_line_key
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
