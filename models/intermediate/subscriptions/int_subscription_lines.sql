-- Grain: one row per subscription line of every billing system that is on: what ARR it carries and,
-- where it carries none, why. Early renewals and co-terms end the line they replace, and a cut-over
-- takes a customer from one billing system to another.
-- long because every rule that looks at lines alone stands here, in one place.
{%- set far = "cast('9999-12-31' as date)" %}
with lines as (
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
    from {{ ref('int_' ~ system ~ '_subscription_lines') }}
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
    from {{ ref('int_' ~ system ~ '_subscription_lines') }}
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

kinds as (

    select
        kinds.*,
        rates.currency_key,
        rates.rate_to_reporting_currency
    from {{ ref('int_charge_kinds') }} as kinds
    left join {{ ref('int_currency_rates') }} as rates
        on kinds.currency = rates.currency

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

dated as (

    select
        lines.*,
        records.record_key,
        kinds.charge_kind_key,
        kinds.currency_key,
        kinds.rate_to_reporting_currency,
        kinds.exclusion_reason as kind_exclusion_reason,
        {{ annualised_amount(
            'lines.term_amount', 'lines.periods_per_year_numerator', 'lines.periods_per_year_denominator'
        ) }} as arr_in_line_currency,
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
    left join kinds
        on
            lines.source_system = kinds.source_system
            and lines.source_table = kinds.source_table
            and lines.product_id = kinds.product_id
            {%- for column in ['plan_tier', 'currency', 'charge_type', 'unusable_reason'] %}
            and coalesce(lines.{{ column }}, '') = coalesce(kinds.{{ column }}, '')
            and (lines.{{ column }} is null) = (kinds.{{ column }} is null)
            {%- endfor %}
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

),

-- texts that many lines share stay with the kind of charge and the customer record
final as (

    select
        record_key,
        charge_kind_key,
        currency_key,
        line_id,
        subscription_id,
        subscription_item_id,
        -- the row of most lines has the id of the line
        nullif(source_row_id, line_id) as other_source_row_id,
        supersedes_line_id,
        load_id,
        start_date,
        end_date,
        superseded_date,
        service_start_date,
        service_end_date,
        notice_date,
        ends_in_pause,
        ends_in_cut_over,
        is_contracted_step,
        periods_per_year_numerator,
        periods_per_year_denominator,
        quantity,
        term_amount,
        arr_in_line_currency,
        case
            when rate_to_reporting_currency = 1 then arr_in_line_currency
            else {{ converted_amount('arr_in_line_currency', 'rate_to_reporting_currency') }}
        end as arr,
        case
            when kind_exclusion_reason is not null then kind_exclusion_reason
            when end_date < start_date then 'ends_before_start'
            when end_date <= start_date then 'no_service_time'
            when superseded_date <= start_date then 'superseded_before_start'
            when service_end_date <= service_start_date then 'billed_elsewhere'
            when arr_in_line_currency = 0 then 'zero_amount'
        end as exclusion_reason
    from dated

)

select * from final
