-- Grain: one row per subscription line of every billing system that is on: what ARR it carries and,
-- where it carries none, why. Early renewals and co-terms end the line they replace, and a cut-over
-- takes a customer from one billing system to another.
-- long because every rule that looks at lines alone stands here, in one place.
{%- set far = "cast('9999-12-31' as date)" %}
with kinds as (

    select
        kinds.*,
        rates.currency_key,
        rates.rate_to_reporting_currency,
        -- what is sold once takes the place of no contract
        kinds.revenue_type in ('one_time', 'services') as is_sold_once
    from {{ ref('int_charge_kinds') }} as kinds
    left join {{ ref('int_currency_rates') }} as rates
        on kinds.currency = rates.currency

),
{%- for system in billing_systems() %}

{{ system }}_superseding_lines as (

    select
        lines.supersedes_line_id,
        min(lines.start_date) as superseded_date,
        min(
            case
                when kinds.exclusion_reason is null and lines.term_amount <> 0
                    then lines.start_date
            end
        ) as replaced_date
    from {{ ref('int_' ~ system ~ '_subscription_lines') }} as lines
    left join kinds
        on {{ is_kind_of_line('kinds', 'lines', system) }}
    where
        -- stands here alone so that the engine reads nothing else of lines that replace none
        lines.supersedes_line_id is not null
        and lines.supersedes_line_id <> lines.line_id
        and lines.unusable_reason is null
        and (lines.end_date is null or lines.end_date > lines.start_date)
        and not coalesce(kinds.is_sold_once, false)
    group by lines.supersedes_line_id

),
{%- endfor %}

-- each billing system joins its own: a text of its name is compared on no line
lines as (
    {%- for system in billing_systems() %}

    select
        '{{ system }}' as source_system,
        {%- for column in [
            'line_id', 'subscription_id', 'subscription_item_id', 'source_customer_id',
            'start_date', 'end_date', 'ends_in_pause', 'term_amount',
            'periods_per_year_numerator', 'periods_per_year_denominator',
            'quantity', 'notice_date', 'is_contracted_step', 'source_row_id', 'load_id',
        ] %}
        lines.{{ column }},
        {%- endfor %}
        case when kinds.is_sold_once then null else lines.supersedes_line_id end
            as supersedes_line_id,
        superseding_lines.superseded_date,
        superseding_lines.replaced_date,
        records.record_key,
        kinds.charge_kind_key,
        kinds.currency_key,
        kinds.rate_to_reporting_currency,
        kinds.exclusion_reason as kind_exclusion_reason
    from {{ ref('int_' ~ system ~ '_subscription_lines') }} as lines
    left join {{ ref('int_billing_customers') }} as records
        on
            records.source_system = '{{ system }}'
            and lines.source_customer_id = records.source_customer_id
    left join kinds
        on {{ is_kind_of_line('kinds', 'lines', system) }}
    left join {{ system }}_superseding_lines as superseding_lines
        on lines.line_id = superseding_lines.supersedes_line_id
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

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
        {{ annualised_amount(
            'lines.term_amount', 'lines.periods_per_year_numerator', 'lines.periods_per_year_denominator'
        ) }} as arr_in_line_currency,
        greatest(
            lines.start_date, coalesce(arrivals.cut_over_date, lines.start_date)
        ) as service_start_date,
        nullif(
            least(
                coalesce(lines.end_date, {{ far }}),
                coalesce(lines.superseded_date, {{ far }}),
                coalesce(departures.cut_over_date, {{ far }})
            ),
            {{ far }}
        ) as service_end_date,
        departures.cut_over_date as left_date,
        -- leaving for the new system is not leaving
        coalesce(
            departures.cut_over_date <= coalesce(lines.end_date, {{ far }}), false
        ) as ends_in_cut_over
    from lines
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
        {%- if has_subscription_items() %}
        subscription_item_id,
        -- the row of most lines has the id of the line
        nullif(source_row_id, line_id) as other_source_row_id,
        {%- endif %}
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
        -- by what carries ARR in its place, in whichever product family
        coalesce(
            service_end_date = replaced_date and replaced_date < coalesce(left_date, {{ far }}),
            false
        ) as is_replaced,
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
