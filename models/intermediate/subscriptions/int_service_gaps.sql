-- Grain: one row per set of charges (trials among them or not), customer, product family and day on
-- which service stops: when it comes back, if ever. Trials make a difference to customers who had
-- one; all others are only in the set that is configured.
-- long because two sets of charges go through one rule.
{%- set item = 'partition by subscription_item_id, arr_in_line_currency > 0 order by start_date' %}
with lines as (

    select
        customer_key,
        product_family_key,
        start_date,
        {{ or_open_date('end_date') }} as end_date,
        -- after notice no renewal is expected; a pause, a replacement, or what an item was before
        -- it changed, is no late renewal
        case
            when ends_in_pause or is_replaced then 0
            {%- if has_subscription_items() %}
            when is_changed_in_place and end_date = lead(start_date) over ({{ item }})
                then 0
            {%- endif %}
            when notice_date is not null then 1
            else 2
        end as renewability,
        revenue_type = 'trial' as is_trial,
        exclusion_reason is null as is_counted,
        -- discounts cover nothing
        arr_in_line_currency > 0 as is_charge
    from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null or {{ is_usable_trial() }}

),

trial_customers as (

    select distinct customer_key
    from lines
    where is_trial

),

charge_sets as (

    select
        {{ counts_trials() }} as counts_trials,
        customer_key,
        product_family_key,
        start_date,
        end_date,
        renewability
    from lines
    where is_charge and is_counted

    union all

    select
        not {{ counts_trials() }} as counts_trials,
        lines.customer_key,
        lines.product_family_key,
        lines.start_date,
        lines.end_date,
        lines.renewability
    from lines
    inner join trial_customers
        on lines.customer_key = trial_customers.customer_key
    where lines.is_charge and (not lines.is_trial or not {{ counts_trials() }})

),

-- ends that no other charge of the family takes up on the same day
loose_ends as (

    select
        ended.counts_trials,
        ended.customer_key,
        ended.product_family_key,
        ended.end_date,
        max(ended.renewability) as renewability
    from charge_sets as ended
    left join charge_sets as successor
        on
            ended.counts_trials = successor.counts_trials
            and ended.customer_key = successor.customer_key
            and ended.product_family_key = successor.product_family_key
            and ended.end_date = successor.start_date
    where successor.start_date is null
    group by ended.counts_trials, ended.customer_key, ended.product_family_key, ended.end_date

),

-- the first charge that reaches beyond a loose end: begun before it, it covers it; begun after, it
-- ends the gap
continued as (

    select
        loose_ends.counts_trials,
        loose_ends.customer_key,
        loose_ends.product_family_key,
        loose_ends.end_date as gap_from_date,
        loose_ends.renewability,
        min(charge_sets.start_date) as gap_until_date
    from loose_ends
    left join charge_sets
        on
            loose_ends.counts_trials = charge_sets.counts_trials
            and loose_ends.customer_key = charge_sets.customer_key
            and loose_ends.product_family_key = charge_sets.product_family_key
            and loose_ends.end_date < charge_sets.end_date
    group by
        loose_ends.counts_trials,
        loose_ends.customer_key,
        loose_ends.product_family_key,
        loose_ends.end_date,
        loose_ends.renewability

),

gaps as (

    select
        counts_trials,
        customer_key,
        product_family_key,
        gap_from_date,
        gap_until_date
    from continued
    where
        gap_from_date < cast('9999-12-31' as date)
        and case
            when gap_until_date is null then renewability = 2
            else renewability > 0 and gap_until_date > gap_from_date
        end

),

-- a discount that is a product family of its own waits for the charges that stopped on its last day
waiting_discounts as (

    select
        gaps.counts_trials,
        discounts.customer_key,
        discounts.product_family_key,
        gaps.gap_from_date,
        min({{ or_open_date('gaps.gap_until_date') }}) as gap_until_date
    from lines as discounts
    inner join gaps
        on
            discounts.customer_key = gaps.customer_key
            and discounts.product_family_key <> gaps.product_family_key
            and discounts.end_date = gaps.gap_from_date
    -- a family with a charge has an end, be it far ahead
    left join continued as charged_families
        on
            gaps.counts_trials = charged_families.counts_trials
            and discounts.customer_key = charged_families.customer_key
            and discounts.product_family_key = charged_families.product_family_key
    where
        not discounts.is_charge
        and charged_families.customer_key is null
    group by
        gaps.counts_trials,
        discounts.customer_key,
        discounts.product_family_key,
        gaps.gap_from_date

),

all_gaps as (

    select * from gaps

    union all

    select
        counts_trials,
        customer_key,
        product_family_key,
        gap_from_date,
        nullif(gap_until_date, cast('9999-12-31' as date)) as gap_until_date
    from waiting_discounts

),

final as (

    select
        counts_trials,
        customer_key,
        product_family_key,
        gap_from_date,
        gap_until_date,
        counts_trials = {{ counts_trials() }}
        and {{ is_bridged_gap('gap_from_date', 'gap_until_date', renewal_grace_days()) }}
            as is_bridged
    from all_gaps

)

select * from final
