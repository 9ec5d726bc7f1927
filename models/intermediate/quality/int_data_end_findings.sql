-- Grain: one row per billing system whose data seems to end: no line has started, and in Stripe no
-- period, for longer than any gap between two starts of the year before, and lines of several
-- customers have ended. One row per subscription whose charges have all ended and whose discount
-- goes on.
-- long because the usual gap between starts is measured before the last one is compared with it
{{ config(enabled=is_on('quality')) }}
with lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null

),

published as (

    select last_day_date from {{ ref('int_calendar_months') }}
    where month_index = {{ last_published_month_index() }}

),

start_days as (

    select distinct
        source_system,
        start_date
    from lines
    where arr > 0
    {%- if 'stripe' in billing_systems() %}

    -- a subscription that is renewed has no new line, and one that is cancelled is news as well
    {%- for event in ['current_period_started_at', 'ended_at'] %}

    union distinct

    select
        'stripe' as source_system,
        {{ reporting_date(event) }} as start_date
    from {{ ref('stg_stripe__subscription_versions') }}
    where {{ event }} is not null
    {%- endfor %}
    {%- endif %}

),

last_starts as (

    select
        source_system,
        max(start_date) as last_start_date
    from start_days
    group by source_system

),

gaps as (

    select
        source_system,
        start_date,
        {{ days_between(
            'lag(start_date) over (partition by source_system order by start_date nulls last)',
            'start_date'
        ) }} as days_without_start
    from start_days

),

-- a start after the newest month shows that the data continues
quiet_systems as (

    select
        last_starts.source_system,
        last_starts.last_start_date,
        published.last_day_date,
        max(gaps.days_without_start) as longest_usual_days
    from last_starts
    cross join published
    left join gaps
        on
            last_starts.source_system = gaps.source_system
            and gaps.start_date > {{ add_days('last_starts.last_start_date', -366) }}
    where last_starts.last_start_date < published.last_day_date
    group by
        last_starts.source_system, last_starts.last_start_date, published.last_day_date

),

customers_ended as (

    select distinct
        quiet_systems.source_system,
        quiet_systems.last_start_date,
        quiet_systems.last_day_date,
        lines.customer_id
    from quiet_systems
    inner join lines
        on
            quiet_systems.source_system = lines.source_system
            and quiet_systems.last_start_date < lines.end_date
            and quiet_systems.last_day_date >= lines.end_date
    where
        {{ days_between('quiet_systems.last_start_date', 'quiet_systems.last_day_date') }}
        > coalesce(quiet_systems.longest_usual_days, 0)

),

-- change of ARR of a customer over all systems: one that continues in another system lost nothing
losses as (

    select
        customers_ended.source_system,
        customers_ended.last_start_date,
        customers_ended.customer_id,
        sum(case
            when
                lines.start_date <= customers_ended.last_start_date
                and (
                    lines.end_date is null
                    or lines.end_date > customers_ended.last_start_date
                )
                then lines.arr
            else 0
        end) - sum(case
            when
                lines.start_date <= customers_ended.last_day_date
                and (lines.end_date is null or lines.end_date > customers_ended.last_day_date)
                then lines.arr
            else 0
        end) as ended_arr
    from customers_ended
    inner join lines
        on customers_ended.customer_id = lines.customer_id
    group by
        customers_ended.source_system,
        customers_ended.last_start_date,
        customers_ended.customer_id

),

-- the last charge ended longer ago than the grace days
discounts_alone as (

    select
        lines.source_system,
        lines.customer_id,
        lines.subscription_id,
        sum(case
            when lines.end_date is null or lines.end_date > published.last_day_date then lines.arr
            else 0
        end) as arr
    from lines
    inner join published
        on lines.start_date <= published.last_day_date
    group by
        lines.source_system, lines.customer_id, lines.subscription_id, published.last_day_date
    having
        max(case when lines.arr > 0 then {{ or_open_date('lines.end_date') }} end)
        <= {{ add_days('published.last_day_date', -renewal_grace_days()) }}

),

-- a single customer that leaves is an ordinary churn
final as (

    select
        'data_ends' as finding_type,
        source_system,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(last_start_date as {{ dbt.type_string() }}) as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ last_published_month_index() }} as month_index,
        cast(sum(ended_arr) as {{ type_money() }}) as arr
    from losses
    where ended_arr > 0
    group by source_system, last_start_date
    having count(*) > 1

    union all

    select
        'discount_without_charge' as finding_type,
        source_system,
        customer_id,
        subscription_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ last_published_month_index() }} as month_index,
        cast(arr as {{ type_money() }}) as arr
    from discounts_alone
    where arr < 0

)

select * from final
