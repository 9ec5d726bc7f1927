-- Grain: one row per subscription line of every billing system that is on: the canonical lines that
-- everything below reads. Early renewals and co-terms end the line they replace, and a cut-over
-- takes a customer from one billing system to another.
-- long because every column is listed by name
{%- set lines_of = {
    'stripe': 'int_stripe_subscription_lines',
    'custom_billing': 'int_custom_billing_subscription_lines',
} %}
{%- set far = "cast('9999-12-31' as date)" %}
with
{%- for system in billing_systems() %}

{{ system }}_lines as (

    select * from {{ ref(lines_of[system]) }}

),
{%- endfor %}

lines as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        line_id,
        subscription_id,
        subscription_item_id,
        source_customer_id,
        product_id,
        plan_tier,
        start_date,
        end_date,
        ends_in_pause,
        term_amount,
        periods_per_year_numerator,
        periods_per_year_denominator,
        quantity,
        currency,
        charge_type,
        supersedes_line_id,
        notice_date,
        is_contracted_step,
        unusable_reason,
        source_table,
        source_row_id,
        load_id
    from {{ system }}_lines
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

-- not from lines: what is read twice under one name is kept in memory with all its columns
superseding_lines as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        supersedes_line_id,
        min(start_date) as superseded_date
    from {{ ref(lines_of[system]) }}
    where
        supersedes_line_id <> line_id
        and unusable_reason is null
        and (end_date is null or end_date > start_date)
    group by supersedes_line_id
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

records as (

    select * from {{ ref('int_billing_customers') }}

),

departures as (

    select * from {{ ref('stg_reference__billing_cut_overs') }}

),

arrivals as (

    select
        new_source_system,
        new_source_customer_id,
        min(cut_over_date) as cut_over_date
    from departures
    group by new_source_system, new_source_customer_id

),

final as (

    select
        lines.*,
        records.record_key,
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
    left join records
        on
            lines.source_system = records.source_system
            and lines.source_customer_id = records.source_customer_id
    left join superseding_lines
        on
            lines.source_system = superseding_lines.source_system
            and lines.line_id = superseding_lines.supersedes_line_id
    left join departures
        on
            lines.source_system = departures.old_source_system
            and lines.source_customer_id = departures.old_source_customer_id
    left join arrivals
        on
            lines.source_system = arrivals.new_source_system
            and lines.source_customer_id = arrivals.new_source_customer_id

)

select * from final
