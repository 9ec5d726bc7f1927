-- Grain: one row per origin month and line that begins within 12 months after it, or ends because
-- something signed replaces it.
-- long because starts are found before the lines that they replace
{{ config(enabled=is_on('forecast')) }}
with origins as (

    select distinct
        origin_month_index,
        origin_date,
        is_current
    from {{ ref('int_projection_horizons') }}

),

lines as (

    select * from {{ ref('int_renewable_lines') }}

),

gaps as (

    select * from {{ ref('int_service_gaps') }}
    where
        is_bridged
        and gap_until_date is not null

),

-- a line of the extract is signed today; at past origins only contracted steps were known
starts as (

    select
        origins.origin_month_index,
        origins.is_current,
        lines.*
    from origins
    inner join lines
        on origins.origin_date < lines.start_date
    where
        (origins.is_current or lines.is_contracted_step)
        and {{ month_index('lines.start_date') }} <= origins.origin_month_index + 12

),

start_days as (

    select distinct
        origin_month_index,
        is_current,
        customer_key,
        product_family_key,
        start_date
    from starts

),

-- the family in which a line was replaced: its own, if that is one of several
replacements as (

    select
        lines.line_key,
        coalesce(
            min(
                case
                    when new.product_family_key = lines.product_family_key
                        then new.product_family_key
                end
            ),
            min(new.product_family_key)
        ) as product_family_key
    from lines
    inner join lines as new
        on
            lines.line_key = new.supersedes_line_key
            and lines.end_date = new.start_date
    group by lines.line_key

),

ends as (

    select
        lines.line_key,
        lines.customer_key,
        coalesce(replacements.product_family_key, lines.product_family_key)
            as product_family_key,
        lines.arr,
        gaps.gap_until_date is not null as is_after_gap,
        coalesce(gaps.gap_until_date, lines.end_date) as change_date
    from lines
    left join replacements
        on lines.line_key = replacements.line_key
    left join gaps
        on
            lines.customer_key = gaps.customer_key
            and lines.product_family_key = gaps.product_family_key
            and case
                when lines.ends_in_pause or lines.is_replaced then null
                else lines.end_date
            end = gaps.gap_from_date

),

final as (

    select
        origin_month_index,
        line_key,
        customer_key,
        product_family_key,
        start_date as change_date,
        {{ month_index('start_date') }} as change_month_index,
        false as is_replaced,
        is_contracted_step,
        arr as arr_change
    from starts

    union all

    select
        start_days.origin_month_index,
        ends.line_key,
        ends.customer_key,
        ends.product_family_key,
        ends.change_date,
        {{ month_index('ends.change_date') }} as change_month_index,
        true as is_replaced,
        cast(null as boolean) as is_contracted_step,
        -ends.arr as arr_change
    from start_days
    inner join ends
        on
            start_days.customer_key = ends.customer_key
            and start_days.product_family_key = ends.product_family_key
            and start_days.start_date = ends.change_date
    -- at past origins it was not known that a gap would be bridged
    where start_days.is_current or not ends.is_after_gap

)

select * from final
