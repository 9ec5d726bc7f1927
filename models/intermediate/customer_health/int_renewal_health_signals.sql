-- Grain: one row per customer, term end date and signal known before the renewal decision, with its
-- last known value.
-- long because three measures of a reading and the champions are brought into one shape
{{ config(enabled=is_on('customer_health', ['health_system', 'renewals'])) }}
{%- set read = {'score': 'health_score', 'adoption': 'active_users + seats_used', 'nps': 'nps'} %}
with decisions as (

    select
        *,
        {{ month_index('known_by_date') }} as known_by_month_index
    from {{ ref('int_renewal_decision_dates') }}

),

-- a reading need not have every measure: of each the last one of the month counts
newest_readings as (

    select
        {%- for measure, columns in read.items() %}
        row_number() over (
            partition by health_system, record_id, month_index
            order by case when {{ columns }} is null then 1 else 0 end, health_date desc
        ) as newest_{{ measure }}_first,
        {%- endfor %}
        *
    from {{ ref('int_health_readings') }}

),
{%- if is_on('customer_health', ['crm']) %}

champions as (

    select * from {{ ref('int_buyers') }}
    where buyer_role = 'champion'

),
{%- endif %}

-- several records of one customer: users and seats add up, the lowest score and NPS count
summed as (

    select
        customer_id,
        month_index,
        sum(case when newest_adoption_first = 1 then active_users end) as active_users,
        sum(case when newest_adoption_first = 1 then seats_used end) as seats_used,
        min(case when newest_nps_first = 1 then nps end) as nps,
        min(case when newest_score_first = 1 then health_score end) as health_score
    from newest_readings
    group by customer_id, month_index

),

measures as (

    select
        customer_id,
        month_index,
        'score' as measure,
        cast(health_score as {{ type_double() }}) as measure_value
    from summed

    union all

    select
        customer_id,
        month_index,
        'adoption' as measure,
        {{ ratio('100 * active_users', 'seats_used') }} as measure_value
    from summed

    union all

    select
        customer_id,
        month_index,
        'nps' as measure,
        cast(nps as {{ type_double() }}) as measure_value
    from summed

),

health as (

    select
        customer_id,
        month_index,
        measure,
        measure_value,
        case
            {%- for measure, limits in health_bands().items() %}
            when measure = '{{ measure }}' and measure_value < {{ limits[0] }} then 'low'
            when measure = '{{ measure }}' and measure_value < {{ limits[1] }} then 'medium'
            {%- endfor %}
            else 'high'
        end as band
    from measures
    where measure_value is not null

),

-- a month is known at its end
readings as (

    select
        decisions.customer_id,
        decisions.term_end_date,
        health.measure as signal,
        health.band,
        health.measure_value,
        health.month_index,
        row_number() over (
            partition by decisions.customer_id, decisions.term_end_date, health.measure
            order by health.month_index desc
        ) as newest_first
    from decisions
    inner join health
        on
            decisions.customer_id = health.customer_id
            and decisions.known_by_month_index > health.month_index
            and decisions.known_by_month_index
            <= health.month_index + {{ health_valid_months() }}

),
{%- if is_on('customer_health', ['crm']) %}

champions_known as (

    select
        decisions.customer_id,
        decisions.term_end_date,
        max(
            case
                when champions.left_date < decisions.known_by_date then 1
                else 0
            end
        ) as has_left
    from decisions
    inner join champions
        on
            decisions.customer_id = champions.customer_id
            and decisions.known_by_date > coalesce(champions.joined_date, decisions.term_began_date)
            and decisions.term_began_date
            <= coalesce(champions.left_date, decisions.term_began_date)
    group by decisions.customer_id, decisions.term_end_date

),
{%- endif %}

final as (

    select
        customer_id,
        term_end_date,
        signal,
        band,
        measure_value,
        month_index
    from readings
    where newest_first = 1
    {%- if is_on('customer_health', ['crm']) %}

    union all

    select
        customer_id,
        term_end_date,
        'champion' as signal,
        case when has_left = 1 then 'left' else 'stayed' end as band,
        cast(null as {{ type_double() }}) as measure_value,
        cast(null as integer) as month_index
    from champions_known
    {%- endif %}

)

select * from final
