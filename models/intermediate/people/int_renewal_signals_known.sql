-- Grain: one row per customer, day on which terms of it end and signal of which something was known
-- before the decision, with the last that was known.
with decisions as (

    select
        *,
        {{ month_index('known_by_date') }} as known_by_month_index
    from {{ ref('int_renewal_decisions_dated') }}

),

health as (

    select * from {{ ref('int_customer_health_monthly') }}

),

champions as (

    select * from {{ ref('int_buyers_spanned') }}
    where buyer_role = 'champion'

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

champions_seen as (

    select
        decisions.customer_id,
        decisions.term_end_date,
        max(
            case
                when
                    champions.left_date >= decisions.term_began_date
                    and champions.left_date < decisions.known_by_date
                    then 1
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

    union all

    select
        customer_id,
        term_end_date,
        'champion' as signal,
        case when has_left = 1 then 'left' else 'stayed' end as band,
        cast(null as {{ type_double() }}) as measure_value,
        cast(null as integer) as month_index
    from champions_seen

)

select * from final
