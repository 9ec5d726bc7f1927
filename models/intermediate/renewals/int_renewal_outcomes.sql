-- Grain: one row per customer, subscription, product family and day on which terms of it end, with
-- its outcome and the day on which the term began.
-- long because a line that continues the term of another does not state when that term began
{{ config(enabled=is_on('renewals')) }}
with due as (

    select
        due.*,
        coalesce(due.continuation_date, new.renewal_date) as renewal_date,
        coalesce(due.continuation_subscription_id, new.renewed_by_subscription_id)
            as renewed_by_subscription_id,
        case
            when new.renewed_arr is null then due.continuation_arr
            else coalesce(due.continuation_arr, 0) + new.renewed_arr
        end as renewed_arr
    from {{ ref('int_renewals_due') }} as due
    left join {{ ref('int_new_subscription_renewals') }} as new
        on due.renewal_key = new.renewal_key

),

first_lines as (

    select
        contract_key,
        min(start_date) as first_start_date
    from {{ ref('int_renewable_lines') }}
    group by contract_key

),

terms as (

    select
        *,
        coalesce(renewal_date, term_end_date) as next_began_date,
        case
            when renewal_date < term_end_date then 'early'
            when term_end_date > {{ as_of_date() }} then 'open'
            when renewal_date = term_end_date then 'on_time'
            when renewal_date is not null then 'late'
            when
                notice_date is null
                and {{ add_days('term_end_date', renewal_grace_days()) }} > {{ as_of_date() }}
                then 'open'
            else 'lost'
        end as outcome
    from due

),

line_ends as (

    select
        contract_key,
        term_end_date,
        -- a step, and a line that replaces another, may begin within a term
        case
            when not is_contracted_step and not is_replacement then first_start_date
        end as own_begin_date,
        lag(term_end_date) over (
            partition by
                source_system,
                case when is_changed_in_place then subscription_item_id end,
                case when not is_changed_in_place then line_key end
            order by term_end_date
        ) as end_before_date
    from {{ ref('int_line_renewal_dates') }}
    where arr > 0

),

own_dates as (

    select
        terms.renewal_key,
        coalesce(
            min(earlier.next_began_date),
            case
                when count(line_ends.own_begin_date) = count(*) then min(line_ends.own_begin_date)
            end
        ) as own_date
    from terms
    left join line_ends
        on
            terms.contract_key = line_ends.contract_key
            and terms.term_end_date = line_ends.term_end_date
    left join terms as earlier
        on
            line_ends.contract_key = earlier.contract_key
            and line_ends.end_before_date = earlier.term_end_date
            and line_ends.term_end_date > earlier.term_end_date
    group by terms.renewal_key

),

-- few terms have no date of their own: only these look at all terms before them
dates_a_term_before as (

    select
        terms.renewal_key,
        max(earlier.next_began_date) as renewal_date
    from terms
    inner join own_dates
        on
            terms.renewal_key = own_dates.renewal_key
            and own_dates.own_date is null
    inner join terms as earlier
        on
            terms.contract_key = earlier.contract_key
            and terms.term_end_date > earlier.term_end_date
    where
        terms.term_months is null
        or {{ add_months('earlier.next_began_date', 'terms.term_months') }} <= terms.term_end_date
    group by terms.renewal_key

),

final as (

    select
        terms.renewal_key,
        terms.contract_key,
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        {{ month_index('terms.term_end_date') }} as term_end_month_index,
        terms.up_for_renewal_arr,
        terms.term_months,
        terms.notice_date,
        terms.renews_automatically,
        terms.renewal_date,
        terms.renewed_by_subscription_id,
        terms.outcome,
        case
            when terms.outcome = 'lost' then 0
            when terms.outcome <> 'open' then terms.renewed_arr
        end as continued_arr,
        coalesce(
            own_dates.own_date,
            dates_a_term_before.renewal_date,
            first_lines.first_start_date
        ) as term_began_date
    from terms
    left join own_dates
        on terms.renewal_key = own_dates.renewal_key
    left join dates_a_term_before
        on terms.renewal_key = dates_a_term_before.renewal_key
    left join first_lines
        on terms.contract_key = first_lines.contract_key

)

select * from final
