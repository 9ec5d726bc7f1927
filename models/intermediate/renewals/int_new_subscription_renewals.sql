-- Grain: one row per term that does not go on, or goes on with less, and that other subscriptions
-- of the customer and product family renew; and one per term that goes on with what renews another.
-- long because one subscription may renew several terms, and several may renew one
{{ config(enabled=is_on('renewals')) }}
{%- set pool = 'customer_key, product_family_key, term_end_date' %}
with due as (

    select * from {{ ref('int_renewals_due') }}

),

lines as (

    select * from {{ ref('int_renewable_lines') }}

),

-- what begins on a day by no replacement and no move; until when the subscription had the family
starts as (

    select
        new.contract_key,
        new.customer_key,
        new.product_family_key,
        new.start_date,
        min(new.subscription_id) as subscription_id,
        sum(case when old.line_key is null and new.starts_as_stated then new.arr end) as arr,
        max(max({{ or_open_date('new.end_date') }})) over (
            partition by new.contract_key
            order by new.start_date rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from lines as new
    left join lines as old
        on
            new.supersedes_line_key = old.line_key
            and new.start_date = old.end_date
    group by new.contract_key, new.customer_key, new.product_family_key, new.start_date

),

gaps as (

    select
        renewal_key,
        {{ pool }},
        continuation_arr is not null as goes_on,
        up_for_renewal_arr - coalesce(continuation_arr, 0) as missing_arr
    from due
    where up_for_renewal_arr > coalesce(continuation_arr, 0)

),

-- the terms of a day belong together: first those that do not go on, of them the largest
pooled as (

    select
        *,
        sum(missing_arr) over (partition by {{ pool }}) as pool_arr,
        sum(case when goes_on then 0 else missing_arr end) over (partition by {{ pool }})
            as ended_arr,
        sum(missing_arr) over (
            partition by {{ pool }} order by goes_on asc, missing_arr desc, renewal_key asc
            rows between unbounded preceding and current row
        ) - missing_arr as arr_before
    from gaps

),

-- a start is for the terms of one day, the latest before it; where all go on, of its own day
claims as (

    select
        starts.*,
        pooled.term_end_date,
        row_number() over (
            partition by starts.contract_key, starts.start_date
            order by pooled.term_end_date desc
        ) as claim
    from pooled
    inner join starts
        on
            pooled.customer_key = starts.customer_key
            and pooled.product_family_key = starts.product_family_key
            and pooled.term_end_date <= starts.start_date
            and {{ add_days('pooled.term_end_date', renewal_grace_days()) }} >= starts.start_date
    where
        pooled.arr_before = 0
        and (not pooled.goes_on or pooled.term_end_date = starts.start_date)
        and starts.arr > 0
        and coalesce(starts.covered_until_date < starts.start_date, true)

),

started as (

    select
        {{ pool }},
        min(start_date) as renewal_date,
        min(subscription_id) as subscription_id,
        sum(arr) as arr
    from claims
    where claim = 1
    group by {{ pool }}

),

-- what goes on with more on the day
growths as (

    select
        renewal_key,
        {{ pool }},
        continuation_subscription_id as subscription_id,
        continuation_arr - up_for_renewal_arr as arr,
        sum(continuation_arr - up_for_renewal_arr) over (partition by {{ pool }}) as pool_arr,
        sum(continuation_arr - up_for_renewal_arr) over (
            partition by {{ pool }}
            order by
                continuation_arr - up_for_renewal_arr desc nulls last,
                up_for_renewal_arr desc nulls last, renewal_key asc
            rows between unbounded preceding and current row
        ) - continuation_arr + up_for_renewal_arr as arr_before
    from due
    where continuation_arr > up_for_renewal_arr and continuation_date = term_end_date

),

-- several that end on one day and go on as fewer: growth that covers all that is missing
pools as (

    select
        pooled.*,
        started.renewal_date,
        coalesce(started.subscription_id, growths.subscription_id) as subscription_id,
        coalesce(started.arr, 0) as new_arr,
        case
            when pooled.ended_arr - coalesce(started.arr, 0) between 0 and growths.pool_arr
                then pooled.ended_arr - coalesce(started.arr, 0)
            else 0
        end as merged_arr
    from pooled
    left join started on {{ is_of_pool('pooled', 'started') }}
    left join growths on {{ is_of_pool('pooled', 'growths') }} and growths.arr_before = 0
    where pooled.arr_before = 0

),

-- what is left when all gaps are filled is added to the first, unless that goes on anyway
final as (

    select
        pooled.renewal_key,
        case
            when pooled.arr_before < pools.new_arr then pools.renewal_date
            else pooled.term_end_date
        end as renewal_date,
        pools.subscription_id as renewed_by_subscription_id,
        cast(
            case
                when not pools.goes_on and pooled.arr_before = 0 and pools.new_arr > pools.pool_arr
                    then pooled.missing_arr + pools.new_arr - pooled.pool_arr
                else least(
                        pooled.missing_arr, pools.new_arr + pools.merged_arr - pooled.arr_before
                    )
            end as {{ type_money() }}
        ) as renewed_arr
    from pooled
    inner join pools
        on {{ is_of_pool('pooled', 'pools') }}
    where pooled.arr_before < pools.new_arr + pools.merged_arr

    union all

    -- growth that renews another term is growth no more
    select
        growths.renewal_key,
        growths.term_end_date as renewal_date,
        growths.subscription_id as renewed_by_subscription_id,
        cast(-least(growths.arr, pools.merged_arr - growths.arr_before) as {{ type_money() }})
            as renewed_arr
    from growths
    inner join pools
        on {{ is_of_pool('growths', 'pools') }}
    where growths.arr_before < pools.merged_arr

)

select * from final
