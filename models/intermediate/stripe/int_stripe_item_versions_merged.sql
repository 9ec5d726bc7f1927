-- Grain: one row per subscription item and stretch in which its price and quantity stay the same.
-- long because statements of one day are ranked before they are merged
with statements as (

    select * from {{ ref('int_stripe_item_statements') }}

),

-- the last statement of a day holds for it; of those made at one instant a charge outranks a credit
ranked_statements as (

    select
        *,
        row_number() over (
            partition by subscription_item_id, stated_date
            order by
                stated_at desc nulls last,
                case when is_removal then 1 else 0 end asc,
                case when is_proration then 0 else 1 end asc,
                amount_minor desc nulls last,
                statement_id asc
        ) as last_first
    from statements

),

preceded_statements as (

    select
        *,
        lag(price_id) over (
            partition by subscription_item_id
            order by stated_date nulls last
        ) as price_id_before,
        lag(quantity) over (
            partition by subscription_item_id
            order by stated_date nulls last
        ) as quantity_before,
        lag(is_removal) over (
            partition by subscription_item_id
            order by stated_date nulls last
        ) as is_removal_before
    from ranked_statements
    where last_first = 1

),

compared_statements as (

    select
        *,
        case
            when
                coalesce(price_id, 'none') = coalesce(price_id_before, 'none')
                and quantity = quantity_before
                and is_removal = is_removal_before
                then 0
            else 1
        end as starts_version
    from preceded_statements

),

numbered_statements as (

    select
        *,
        sum(starts_version) over (
            partition by subscription_item_id
            order by stated_date nulls last
            rows between unbounded preceding and current row
        ) as version_number
    from compared_statements

),

final as (

    select
        subscription_item_id,
        cast(version_number as integer) as version_number,
        min(subscription_id) as subscription_id,
        price_id,
        quantity,
        is_removal,
        min(stated_date) as start_date,
        max(currency) as currency,
        max(case when is_whole_period then 1 else 0 end) = 1 as is_invoiced_whole,
        -- a regular line charges a whole period; a correction, or the first one, a part of one
        {%- for amount in ['amount_minor', 'net_amount_minor'] %}
        coalesce(
            max(case when is_whole_period then {{ amount }} end),
            max(case when not is_proration then {{ amount }} end)
        ) as invoiced_{{ amount }},
        {%- endfor %}
        max(invoiced_until_date) as invoiced_until_date,
        -- the statement that began the version speaks for it
        max(case when starts_version = 1 then source_table end) as source_table,
        max(case when starts_version = 1 then statement_id end) as source_row_id,
        max(case when starts_version = 1 then load_id end) as load_id
    from numbered_statements
    group by subscription_item_id, version_number, price_id, quantity, is_removal

)

select * from final
