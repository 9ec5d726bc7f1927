-- Grain: one row per customer, product family and gap in service that the grace days bridge. A gap
-- without an end is one that a late renewal may still close.
with charges as (

    select
        customer_id,
        product_family,
        start_date,
        coalesce(end_date, cast('9999-12-31' as date)) as end_date
    from {{ ref('int_subscription_lines_normalized') }}
    where
        exclusion_reason is null
        -- discounts cover nothing
        and arr_in_line_currency > 0

),

-- ends that no other charge of the family takes up on the same day
loose_ends as (

    select
        ended.customer_id,
        ended.product_family,
        ended.end_date
    from charges as ended
    left join charges as successor
        on
            ended.customer_id = successor.customer_id
            and ended.product_family = successor.product_family
            and ended.end_date = successor.start_date
    where successor.start_date is null
    group by ended.customer_id, ended.product_family, ended.end_date

),

-- the first charge that reaches beyond a loose end: begun before it, it covers it; begun soon
-- after, it is a late renewal
continued as (

    select
        loose_ends.customer_id,
        loose_ends.product_family,
        loose_ends.end_date as gap_from_date,
        min(charges.start_date) as gap_until_date
    from loose_ends
    left join charges
        on
            loose_ends.customer_id = charges.customer_id
            and loose_ends.product_family = charges.product_family
            and loose_ends.end_date < charges.end_date
    group by loose_ends.customer_id, loose_ends.product_family, loose_ends.end_date

),

final as (

    select
        customer_id,
        product_family,
        gap_from_date,
        gap_until_date
    from continued
    where
        (
            gap_until_date > gap_from_date
            and gap_until_date <= {{ add_days('gap_from_date', renewal_grace_days()) }}
        )
        or (
            gap_until_date is null
            and gap_from_date <= {{ as_of_date() }}
            and {{ add_days('gap_from_date', renewal_grace_days()) }} > {{ as_of_date() }}
        )

)

select * from final
