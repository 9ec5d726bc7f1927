-- Grain: one row per signal and band as known before decided renewals; the band known is all of the
-- signal, unknown the renewals before which nothing was known of it.
-- long because bands, their sum and renewals without a band are unioned
{{ config(enabled=is_on('customer_health', ['health_system', 'renewals'])) }}
with decided as (

    select * from {{ ref('int_renewal_decision_dates') }}
    where decision <> 'open'

),

signals as (

    select
        signals.signal,
        signals.band,
        case when decided.decision = 'renewed' then 1 else 0 end as is_renewed,
        decided.up_for_renewal_arr,
        decided.gross_renewed_arr
    from {{ ref('int_renewal_health_signals') }} as signals
    inner join decided
        on
            signals.customer_id = decided.customer_id
            and signals.term_end_date = decided.term_end_date

),

known as (

    select
        signal,
        count(*) as renewals,
        sum(is_renewed) as renewed,
        sum(up_for_renewal_arr) as up_for_renewal_arr,
        sum(gross_renewed_arr) as gross_renewed_arr
    from signals
    group by signal

),

everything as (

    select
        count(*) as renewals,
        sum(case when decision = 'renewed' then 1 else 0 end) as renewed,
        sum(up_for_renewal_arr) as up_for_renewal_arr,
        sum(gross_renewed_arr) as gross_renewed_arr
    from decided

),

bands as (

    select
        signal,
        band,
        count(*) as renewals,
        sum(is_renewed) as renewed,
        sum(up_for_renewal_arr) as up_for_renewal_arr,
        sum(gross_renewed_arr) as gross_renewed_arr
    from signals
    group by signal, band

    union all

    select
        signal,
        'known' as band,
        renewals,
        renewed,
        up_for_renewal_arr,
        gross_renewed_arr
    from known

    union all

    select
        known.signal,
        'unknown' as band,
        everything.renewals - known.renewals as renewals,
        everything.renewed - known.renewed as renewed,
        everything.up_for_renewal_arr - known.up_for_renewal_arr as up_for_renewal_arr,
        everything.gross_renewed_arr - known.gross_renewed_arr as gross_renewed_arr
    from known
    cross join everything

),

compared as (

    select
        bands.*,
        {{ ratio('bands.renewed * known.renewals', 'bands.renewals * known.renewed') }} as lift,
        case
            when bands.band not in ('known', 'unknown') then
                {{ standard_errors_apart(
                    'bands.renewed', 'bands.renewals', 'known.renewed', 'known.renewals'
                ) }}
        end as standard_errors_from_rest
    from bands
    inner join known
        on bands.signal = known.signal

),

final as (

    select
        signal,
        band,
        cast(renewals as bigint) as decided_renewals,
        cast(renewed as bigint) as renewed_renewals,
        {{ ratio('renewed', 'renewals') }} as renewal_rate,
        cast(up_for_renewal_arr as {{ type_money() }}) as up_for_renewal_arr,
        cast(gross_renewed_arr as {{ type_money() }}) as gross_renewed_arr,
        {{ ratio('gross_renewed_arr', 'up_for_renewal_arr') }} as gross_renewal_rate,
        lift,
        standard_errors_from_rest,
        renewals < {{ min_base_logos() }} as is_low_base,
        max(
            case
                when
                    band in ('low', 'left')
                    and standard_errors_from_rest <= -2
                    and renewals >= {{ min_base_logos() }}
                    then 1
                else 0
            end
        ) over (partition by signal) = 1 as has_led_renewals
    from compared

)

select * from final
