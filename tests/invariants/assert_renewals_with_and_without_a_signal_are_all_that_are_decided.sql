-- For every signal the bands sum to known, and known with unknown to the customers and days on
-- which terms ended and were decided.
with renewals as (

    select * from {{ ref('fct_renewals') }}

),

lift as (

    select * from {{ ref('rpt_health_before_renewal') }}

),

ends as (

    select
        customer_id,
        term_end_date,
        sum(up_for_renewal_arr) as up_for_renewal_arr,
        max(case when outcome = 'open' then 1 else 0 end) as is_open
    from renewals
    group by customer_id, term_end_date

),

decided as (

    select
        count(*) as renewals,
        sum(up_for_renewal_arr) as up_for_renewal_arr
    from ends
    where is_open = 0

),

signals as (

    select
        signal,
        sum(case when band in ('known', 'unknown') then decided_renewals else 0 end) as renewals,
        sum(
            case when band in ('known', 'unknown') then up_for_renewal_arr else 0 end
        ) as up_for_renewal_arr,
        sum(case when band = 'known' then renewed_renewals else 0 end) as known_renewed,
        sum(
            case when band not in ('known', 'unknown') then renewed_renewals else 0 end
        ) as banded_renewed
    from lift
    group by signal

),

final as (

    select
        signals.*,
        decided.renewals as decided_renewals,
        decided.up_for_renewal_arr as decided_arr
    from signals
    cross join decided
    where
        signals.renewals <> decided.renewals
        or signals.up_for_renewal_arr <> decided.up_for_renewal_arr
        or signals.known_renewed <> signals.banded_renewed

)

select * from final
