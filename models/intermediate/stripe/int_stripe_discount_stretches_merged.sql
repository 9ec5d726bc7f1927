-- Grain: one row per line and unbroken stretch in which the same discount is taken off it.
with applied as (

    select * from {{ ref('int_stripe_discounts_invoiced') }}

),

compared as (

    select
        *,
        case
            when
                discount_amount_minor = lag(discount_amount_minor) over (
                    partition by line_key
                    order by start_date
                )
                then 0
            else 1
        end as starts_stretch
    from applied

),

numbered as (

    select
        *,
        sum(starts_stretch) over (
            partition by line_key
            order by start_date
            rows between unbounded preceding and current row
        ) as stretch_number
    from compared

),

final as (

    select
        line_key,
        min(start_date) as start_date,
        -- the last slice of an open line is open
        nullif(
            max(coalesce(end_date, cast('9999-12-31' as date))), cast('9999-12-31' as date)
        ) as end_date,
        discount_amount_minor
    from numbered
    where discount_amount_minor > 0
    group by line_key, stretch_number, discount_amount_minor

)

select * from final
