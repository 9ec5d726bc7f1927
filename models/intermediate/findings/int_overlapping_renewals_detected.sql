-- Grain: one row per pair of counted lines of one customer and product in two subscriptions that
-- overlap near the end of the earlier one and are not linked: perhaps an early renewal counted
-- twice, perhaps two real subscriptions.
with lines as (

    select * from {{ ref('int_subscription_lines_counted') }}
    where arr > 0

),

final as (

    select
        earlier.customer_id,
        earlier.product_id,
        earlier.source_system,
        earlier.line_id,
        later.source_system as overlapping_source_system,
        later.line_id as overlapping_line_id,
        later.from_month_index as month_index,
        least(earlier.arr, later.arr) as overlapping_arr
    from lines as earlier
    inner join lines as later
        on
            earlier.customer_id = later.customer_id
            and earlier.product_id = later.product_id
            and earlier.start_date < later.start_date
            and earlier.end_date > later.start_date
            and earlier.end_date <= {{ add_days('later.start_date', early_renewal_report_days()) }}
    where
        earlier.subscription_id <> later.subscription_id
        and coalesce(later.end_date, cast('9999-12-31' as date)) > earlier.end_date

)

select * from final
