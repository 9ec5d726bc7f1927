-- Grain: one row per line of the waist, with the days on which it was in service: an early renewal
-- or co-term ends the line it replaces, and a cut-over takes a customer from one billing system to
-- another.
-- long because every column of the waist passes through by name
{%- set far = "cast('9999-12-31' as date)" %}
with lines as (

    select * from {{ ref('int_subscription_lines_unioned') }}

),

cut_overs as (

    select * from {{ ref('stg_reference__billing_cut_overs') }}

),

superseding_lines as (

    select
        source_system,
        supersedes_line_id,
        min(start_date) as superseded_date
    -- not from lines: what is read twice under one name is kept in memory with all its columns
    from {{ ref('int_subscription_lines_unioned') }}
    where
        supersedes_line_id <> line_id
        and unusable_reason is null
        and (end_date is null or end_date > start_date)
    group by source_system, supersedes_line_id

),

arrivals as (

    select
        new_source_system,
        new_source_customer_id,
        min(cut_over_date) as cut_over_date
    from cut_overs
    group by new_source_system, new_source_customer_id

),

final as (

    select
        lines.source_system,
        lines.line_id,
        lines.subscription_id,
        lines.subscription_item_id,
        lines.source_customer_id,
        lines.record_key,
        lines.product_id,
        lines.plan_tier,
        lines.start_date,
        lines.end_date,
        lines.ends_in_pause,
        lines.term_amount,
        lines.periods_per_year_numerator,
        lines.periods_per_year_denominator,
        lines.quantity,
        lines.currency,
        lines.charge_type,
        lines.supersedes_line_id,
        lines.notice_date,
        lines.is_contracted_step,
        lines.unusable_reason,
        lines.source_table,
        lines.source_row_id,
        lines.load_id,
        superseding_lines.superseded_date,
        greatest(
            lines.start_date, coalesce(arrivals.cut_over_date, lines.start_date)
        ) as service_start_date,
        nullif(
            least(
                coalesce(lines.end_date, {{ far }}),
                coalesce(superseding_lines.superseded_date, {{ far }}),
                coalesce(departures.cut_over_date, {{ far }})
            ),
            {{ far }}
        ) as service_end_date,
        -- leaving for the new system is not leaving
        coalesce(
            departures.cut_over_date <= coalesce(lines.end_date, {{ far }}), false
        ) as ends_in_cut_over
    from lines
    left join superseding_lines
        on
            lines.source_system = superseding_lines.source_system
            and lines.line_id = superseding_lines.supersedes_line_id
    left join cut_overs as departures
        on
            lines.source_system = departures.old_source_system
            and lines.source_customer_id = departures.old_source_customer_id
    left join arrivals
        on
            lines.source_system = arrivals.new_source_system
            and lines.source_customer_id = arrivals.new_source_customer_id

)

select * from final
