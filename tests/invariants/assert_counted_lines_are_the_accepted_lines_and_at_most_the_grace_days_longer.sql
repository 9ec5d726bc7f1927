-- Every accepted line that covers a published month end is counted as it was accepted, and at most
-- the grace days longer: up to a start in its customer and family, or still open because the grace
-- days are not over.
with accepted as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null

),

months as (

    select * from {{ ref('int_calendar_months') }}
    where
        is_published
        and month_index >= {{ history_start_month_index() }}

),

counted as (

    select * from {{ ref('int_arr_lines') }}

),

covering as (

    select distinct
        accepted.source_system,
        accepted.line_id
    from accepted
    inner join months
        on
            accepted.start_date <= months.last_day_date
            and (accepted.end_date > months.last_day_date or accepted.end_date is null)

),

starts as (

    select distinct
        customer_id,
        product_family,
        start_date
    from accepted

),

compared as (

    select
        coalesce(accepted.source_system, counted.source_system) as source_system,
        coalesce(accepted.line_id, counted.line_id) as line_id,
        accepted.arr as accepted_arr,
        counted.arr as counted_arr,
        accepted.end_date as accepted_end_date,
        counted.counted_until_date,
        case
            when accepted.line_id is null then 'counted but not accepted'
            when counted.line_id is null and covering.line_id is not null
                then 'accepted but not counted'
            when counted.line_id is null then 'fine'
            when
                coalesce(accepted.arr, 0) <> coalesce(counted.arr, 0)
                or accepted.customer_id <> counted.customer_id
                or accepted.product_id <> counted.product_id
                or accepted.currency <> counted.currency
                or accepted.quantity <> counted.quantity
                or accepted.start_date <> counted.start_date
                or coalesce(accepted.end_date, cast('9999-12-31' as date))
                <> coalesce(counted.end_date, cast('9999-12-31' as date))
                then 'changed on the way'
            when
                coalesce(counted.counted_until_date, cast('9999-12-31' as date))
                = coalesce(accepted.end_date, cast('9999-12-31' as date))
                and not counted.is_in_grace
                then 'fine'
            when accepted.ends_in_pause then 'bridged over a pause'
            when
                counted.is_in_grace
                and counted.counted_until_date is null
                and accepted.end_date <= {{ as_of_date() }}
                and {{ add_days('accepted.end_date', renewal_grace_days()) }} > {{ as_of_date() }}
                then 'fine'
            when
                not counted.is_in_grace
                and starts.start_date > accepted.end_date
                and starts.start_date <= {{ add_days('accepted.end_date', renewal_grace_days()) }}
                then 'fine'
            else 'counted for too long or too short'
        end as verdict
    from accepted
    full join counted
        on
            accepted.source_system = counted.source_system
            and accepted.line_id = counted.line_id
    left join covering
        on
            accepted.source_system = covering.source_system
            and accepted.line_id = covering.line_id
    left join starts
        on
            counted.customer_id = starts.customer_id
            and counted.product_family = starts.product_family
            and counted.counted_until_date = starts.start_date

)

select *
from compared
where verdict <> 'fine'
