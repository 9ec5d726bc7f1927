-- Grain: one row per customer, subscription, product family and day on which terms of it end.
-- long because a term is renewed in its own subscription, by a replacement or by a new subscription
{{ config(enabled=is_on('renewals')) }}
{%- set family = 'source_system, subscription_id, customer_id, product_family' %}
with line_ends as (

    select
        *,
        term_end_date = end_date and not is_changed_in_place as is_at_last_end,
        dense_rank() over (
            order by {{ family }}, term_end_date
        ) as renewal_key
    from {{ ref('int_line_renewal_dates') }}

),

counted as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null

),

terms as (

    select
        renewal_key,
        {{ family }},
        term_end_date,
        cast(sum(arr) as {{ type_money() }}) as up_for_renewal_arr,
        max(term_months) as term_months,
        max(case when notice_date <= term_end_date or is_at_last_end then notice_date end)
            as notice_date,
        max(case when end_date is null then 1 else 0 end) = 1 as renews_automatically
    from line_ends
    group by renewal_key, {{ family }}, term_end_date
    having sum(arr) > 0

),

-- the line goes on, a line of its subscription begins that day, or a line replaces it by then
continuations as (

    select
        renewal_key,
        line_id,
        term_end_date as renewal_date,
        subscription_id as renewed_by_subscription_id,
        arr
    from line_ends
    where coalesce(end_date > term_end_date, true)

    union distinct

    select
        terms.renewal_key,
        counted.line_id,
        counted.start_date as renewal_date,
        counted.subscription_id as renewed_by_subscription_id,
        counted.arr
    from terms
    inner join counted
        on
            terms.source_system = counted.source_system
            and terms.subscription_id = counted.subscription_id
            and terms.customer_id = counted.customer_id
            and terms.product_family = counted.product_family
            and terms.term_end_date = counted.start_date

    union distinct

    select
        line_ends.renewal_key,
        counted.line_id,
        counted.start_date as renewal_date,
        counted.subscription_id as renewed_by_subscription_id,
        counted.arr
    from line_ends
    inner join counted
        on
            line_ends.source_system = counted.source_system
            and line_ends.line_id = counted.supersedes_line_id
    where line_ends.is_superseded_before or line_ends.term_end_date = counted.start_date

),

continued as (

    select
        renewal_key,
        min(renewal_date) as renewal_date,
        min(renewed_by_subscription_id) as renewed_by_subscription_id,
        sum(arr) as renewed_arr
    from continuations
    group by renewal_key
    having sum(arr) > 0

),

-- what begins on a day by no replacement and no move; until when the subscription had the family
starts as (

    select
        new.source_system,
        new.subscription_id,
        new.customer_id,
        new.product_family,
        new.start_date,
        sum(
            case
                when old.line_id is null and new.start_date = new.stated_start_date then new.arr
            end
        ) as arr,
        max(max({{ or_open_date('new.end_date') }})) over (
            partition by
                new.source_system, new.subscription_id, new.customer_id, new.product_family
            order by new.start_date rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from counted as new
    left join counted as old
        on
            new.source_system = old.source_system
            and new.supersedes_line_id = old.line_id
            and new.start_date = old.end_date
    group by
        new.source_system, new.subscription_id, new.customer_id, new.product_family, new.start_date

),

-- a start renews one term: the latest before it that does not go on, of several the largest
lapsed as (

    select
        terms.*,
        row_number() over (
            partition by terms.customer_id, terms.product_family, terms.term_end_date
            order by terms.up_for_renewal_arr desc, terms.renewal_key asc
        ) as place
    from terms
    where terms.renewal_key not in (select continued.renewal_key from continued)

),

claims as (

    select
        lapsed.renewal_key,
        starts.start_date as renewal_date,
        starts.subscription_id as renewed_by_subscription_id,
        starts.arr,
        row_number() over (
            partition by
                starts.source_system, starts.subscription_id, starts.customer_id,
                starts.product_family, starts.start_date
            order by lapsed.term_end_date desc
        ) as claim
    from lapsed
    inner join starts
        on
            lapsed.customer_id = starts.customer_id
            and lapsed.product_family = starts.product_family
            and lapsed.term_end_date <= starts.start_date
            and {{ add_days('lapsed.term_end_date', renewal_grace_days()) }} >= starts.start_date
    where
        lapsed.place = 1
        and starts.arr > 0
        and coalesce(starts.covered_until_date < starts.start_date, true)

),

renewals as (

    select * from continued

    union all

    select
        renewal_key,
        min(renewal_date) as renewal_date,
        min(renewed_by_subscription_id) as renewed_by_subscription_id,
        sum(arr) as renewed_arr
    from claims
    where claim = 1
    group by renewal_key

),

final as (

    select
        terms.*,
        renewals.renewal_date,
        renewals.renewed_by_subscription_id,
        renewals.renewed_arr
    from terms
    left join renewals on terms.renewal_key = renewals.renewal_key

)

select * from final
