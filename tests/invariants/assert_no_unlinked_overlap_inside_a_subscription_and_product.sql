-- No two charges of one subscription and product overlap unless one supersedes the other: the
-- product would be paid twice. Where a billing system has items, two items may be two prices of one
-- product side by side, so each item stands alone.
with charges as (

    select
        *,
        max(coalesce(end_date, cast('9999-12-31' as date))) over (
            partition by source_system, subscription_item_id, product_id
            order by start_date, line_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from {{ ref('int_subscription_lines_normalized') }}
    where
        exclusion_reason is null
        and arr_in_line_currency > 0

),

overlapping as (

    select * from charges
    where start_date < covered_until_date

)

select
    overlapping.source_system,
    overlapping.subscription_id,
    overlapping.product_id,
    charges.line_id,
    overlapping.line_id as overlapping_line_id,
    charges.arr,
    overlapping.arr as overlapping_arr,
    overlapping.start_date as overlap_from_date
from overlapping
inner join charges
    on
        overlapping.source_system = charges.source_system
        and overlapping.subscription_item_id = charges.subscription_item_id
        and overlapping.product_id = charges.product_id
        and overlapping.line_id <> charges.line_id
        and overlapping.start_date < coalesce(charges.end_date, cast('9999-12-31' as date))
        and (
            overlapping.start_date > charges.start_date
            or (
                overlapping.start_date = charges.start_date
                and overlapping.line_id > charges.line_id
            )
        )
