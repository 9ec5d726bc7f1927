-- Grain: one row per opportunity won that has a gain of its own amount for itself.
-- long because wins that want the same gain make room for each other, first later, then earlier
with candidates as (

    select * from {{ ref('int_gain_candidates_listed') }}
    where is_same_amount

),

wins as (

    select * from {{ ref('int_equal_wins_ranked') }}

),

-- in order of signature each wants the gain it likes best or, where that is taken, the next, but
-- none beyond its last: least(last, greatest(wanted, that of the win before + 1)), written out
made_later as (

    select
        wins.*,
        earlier.wanted_gain - earlier.win_position as wanted_shift,
        min(earlier.last_gain - earlier.win_position) over (
            partition by wins.crm_system, wins.opportunity_id
            order by earlier.win_position desc nulls last
            rows between unbounded preceding and current row
        ) as last_shift
    from wins
    inner join wins as earlier
        on
            wins.customer_id = earlier.customer_id
            and wins.opportunity_arr = earlier.opportunity_arr
            and wins.win_position >= earlier.win_position

),

later as (

    select
        crm_system,
        opportunity_id,
        customer_id,
        opportunity_arr,
        win_position,
        first_gain,
        win_position
        + max(case when wanted_shift < last_shift then wanted_shift else last_shift end)
            as gain_position
    from made_later
    group by
        crm_system, opportunity_id, customer_id, opportunity_arr, win_position, first_gain

),

-- wins that met at their last gain make room in the other direction:
-- greatest(first, least(gain, that of the win after - 1)), written out
made_earlier as (

    select
        later.*,
        other.gain_position - other.win_position as wanted_shift,
        max(other.first_gain - other.win_position) over (
            partition by later.crm_system, later.opportunity_id
            order by other.win_position asc nulls last
            rows between unbounded preceding and current row
        ) as first_shift
    from later
    inner join later as other
        on
            later.customer_id = other.customer_id
            and later.opportunity_arr = other.opportunity_arr
            and later.win_position <= other.win_position

),

settled as (

    select
        crm_system,
        opportunity_id,
        win_position
        + min(case when wanted_shift > first_shift then wanted_shift else first_shift end)
            as gain_position
    from made_earlier
    group by crm_system, opportunity_id, win_position

),

-- more wins than gains: those that still share one are too many, and the likeliest has it
ranked as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.customer_id, candidates.month_index
            order by
                case when candidates.is_told then 0 else 1 end asc,
                candidates.months_apart asc nulls last,
                candidates.close_date asc nulls last,
                candidates.crm_system asc nulls last,
                candidates.opportunity_id asc nulls last
        ) as likeliest_first
    from settled
    inner join candidates
        on
            settled.crm_system = candidates.crm_system
            and settled.opportunity_id = candidates.opportunity_id
            and settled.gain_position = candidates.equal_gain_position

),

final as (

    select
        crm_system,
        opportunity_id,
        customer_id,
        month_index
    from ranked
    where likeliest_first = 1

)

select * from final
