-- Grain: one row per opportunity won, with the month of the gain of its customer that it matches.
-- long because wins of equal amounts are matched one to one before all others
{{ config(enabled=is_on('growth', ['crm'])) }}
with opportunities as (

    select * from {{ ref('int_opportunities') }}
    where is_won

),

candidates as (

    select * from {{ ref('int_opportunity_match_candidates') }}

),

equal_candidates as (

    select * from candidates
    where is_same_amount

),

wins as (

    select * from equal_candidates
    where best_first = 1

),

-- in order of signature each has the gain that fits best or, if that is taken, the next, but none
-- beyond its last: least(last, greatest(wanted, that of the win before + 1)), written out
made_later as (

    select
        wins.*,
        earlier.wanted_gain - earlier.win_position as wanted_shift,
        min(earlier.last_gain - earlier.win_position) over (
            partition by wins.opportunity_key
            order by earlier.win_position desc nulls last
            rows between unbounded preceding and current row
        ) as last_shift
    from wins
    inner join wins as earlier
        on
            wins.customer_key = earlier.customer_key
            and wins.opportunity_arr = earlier.opportunity_arr
            and wins.win_position >= earlier.win_position

),

later as (

    select
        opportunity_key,
        customer_key,
        opportunity_arr,
        win_position,
        first_gain,
        win_position
        + max(case when wanted_shift < last_shift then wanted_shift else last_shift end)
            as gain_position
    from made_later
    group by opportunity_key, customer_key, opportunity_arr, win_position, first_gain

),

-- wins that met at their last gain move to earlier gains:
-- greatest(first, least(gain, that of the win after - 1)), written out
made_earlier as (

    select
        later.*,
        other.gain_position - other.win_position as wanted_shift,
        max(other.first_gain - other.win_position) over (
            partition by later.opportunity_key
            order by other.win_position asc nulls last
            rows between unbounded preceding and current row
        ) as first_shift
    from later
    inner join later as other
        on
            later.customer_key = other.customer_key
            and later.opportunity_arr = other.opportunity_arr
            and later.win_position <= other.win_position

),

settled as (

    select
        opportunity_key,
        win_position
        + min(case when wanted_shift > first_shift then wanted_shift else first_shift end)
            as gain_position
    from made_earlier
    group by opportunity_key, win_position

),

-- more wins than gains: of those that still share one, the likeliest has it
ranked as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.customer_key, candidates.month_index
            order by
                case when candidates.is_named_family then 0 else 1 end asc,
                candidates.months_apart asc nulls last,
                candidates.close_date asc nulls last,
                candidates.opportunity_key asc nulls last
        ) as likeliest_first
    from settled
    inner join equal_candidates as candidates
        on
            settled.opportunity_key = candidates.opportunity_key
            and settled.gain_position = candidates.equal_gain_position

),

equal_pairs as (

    select * from ranked
    where likeliest_first = 1

),

-- a gain that an opportunity of its amount matches is matched by no other
other_candidates as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.opportunity_key
            order by candidates.best_first nulls last
        ) as best_left_first
    from candidates
    left join equal_pairs
        on
            candidates.customer_key = equal_pairs.customer_key
            and candidates.month_index = equal_pairs.month_index
    where
        not candidates.is_same_amount
        and equal_pairs.month_index is null

),

final as (

    select
        opportunities.opportunity_key,
        opportunities.crm_system,
        opportunities.opportunity_id,
        opportunities.customer_id,
        coalesce(equal_pairs.customer_key, other_candidates.customer_key) as customer_key,
        opportunities.is_renewal,
        opportunities.close_date,
        opportunities.close_month_index,
        opportunities.opportunity_arr,
        opportunities.first_year_billings,
        opportunities.sourcing_team,
        opportunities.is_unmapped_source,
        opportunities.unusable_reason,
        coalesce(equal_pairs.month_index, other_candidates.month_index) as movement_month_index
    from opportunities
    left join equal_pairs
        on opportunities.opportunity_key = equal_pairs.opportunity_key
    left join other_candidates
        on
            opportunities.opportunity_key = other_candidates.opportunity_key
            and other_candidates.best_left_first = 1

)

select * from final
