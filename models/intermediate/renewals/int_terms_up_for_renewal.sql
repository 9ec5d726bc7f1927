-- Grain: one row per customer, subscription, product family and day on which terms of it end.
with lines as (

    select * from {{ ref('int_term_lines_shaped') }}

),

term_ends as (

    select * from {{ ref('int_term_ends_listed') }}

),

final as (

    select
        lines.source_system,
        lines.subscription_id,
        lines.customer_id,
        lines.product_family,
        term_ends.term_end_date,
        sum(lines.arr) as up_for_renewal_arr,
        max(lines.term_months) as term_months,
        max(case when lines.notice_date <= term_ends.term_end_date then lines.notice_date end)
            as notice_date,
        max(case when lines.end_date is null then 1 else 0 end) = 1 as renews_automatically
    from term_ends
    inner join lines
        on
            term_ends.source_system = lines.source_system
            and term_ends.line_id = lines.line_id
    group by
        lines.source_system,
        lines.subscription_id,
        lines.customer_id,
        lines.product_family,
        term_ends.term_end_date
    having sum(lines.arr) > 0

)

select * from final
