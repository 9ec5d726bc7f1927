-- Grain: one row per origin month, customer, product family and later day, within 12 months, on
-- which something signed begins: what it adds, less what ends for it.
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
beginnings as (

    select
        origins.origin_month_index,
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
        lines.customer_id,
        lines.product_family,
        lines.start_date

),

final as (

    select
        beginnings.origin_month_index,
        beginnings.customer_id,
        beginnings.product_family,
        beginnings.start_date as change_date,
        {{ month_index('beginnings.start_date') }} as change_month_index,
        beginnings.is_contracted_step,
        cast(
            beginnings.begun_arr - coalesce(sum(lines.arr), 0) as {{ type_money() }}
        ) as arr_change
    from beginnings
    left join lines
        on
            beginnings.customer_id = lines.customer_id
            and beginnings.product_family = lines.product_family
            and beginnings.start_date = lines.end_date
    group by
        beginnings.origin_month_index,
        beginnings.customer_id,
        beginnings.product_family,
        beginnings.start_date,
        beginnings.is_contracted_step,
        beginnings.begun_arr

)

select * from final
