-- Grain: one row per origin month, customer, product family and later day, within 12 months, on
-- which something signed begins.
with origins as (

    select distinct
        origin_month_index,
        origin_date,
        is_current
    from {{ ref('int_projection_horizons') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null

),

-- what is in the extract today is signed today; of the past only the steps of a contract are
final as (

    select
        origins.origin_month_index,
        origins.is_current,
        lines.customer_id,
        lines.product_family,
        lines.start_date,
        sum(lines.arr) as begun_arr,
        min(case when lines.is_contracted_step then 1 else 0 end) = 1 as is_contracted_step
    from origins
    inner join lines
        on origins.origin_date < lines.start_date
    where
        (origins.is_current or lines.is_contracted_step)
        and {{ month_index('lines.start_date') }} <= origins.origin_month_index + 12
    group by
        origins.origin_month_index,
        origins.is_current,
        lines.customer_id,
        lines.product_family,
        lines.start_date

)

select * from final
