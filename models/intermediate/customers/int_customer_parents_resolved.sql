-- Grain: one row per customer or CRM account, with the ultimate parent it belongs to.
-- long because recursion does not run on every engine
with attributes as (

    select * from {{ ref('int_customer_attributes_current') }}

),

links as (

    select * from {{ ref('int_customer_parent_links_unioned') }}

),

-- only these climb; a parent may be named by its children alone
mentions as (

    select customer_id from links

    union distinct

    select parent_customer_id as customer_id from links

),

climbed_1 as (

    select
        customer_id,
        customer_id as parent_customer_id,
        0 as steps
    from mentions

    union all

    select
        customer_id,
        parent_customer_id,
        1 as steps
    from links

),
-- rounds instead of recursion, which does not run on every engine: each climbs twice as far
{%- for steps in [1, 2, 4, 8, 16] %}

climbed_{{ 2 * steps }} as (

    select
        lower_steps.customer_id,
        upper_steps.parent_customer_id,
        lower_steps.steps + upper_steps.steps as steps
    from climbed_{{ steps }} as lower_steps
    inner join climbed_{{ steps }} as upper_steps
        on
            lower_steps.parent_customer_id = upper_steps.customer_id
            and (lower_steps.steps = {{ steps }} or upper_steps.steps = 0)

),
{%- endfor %}

-- who is reached twice is on a circle
reached as (

    select
        *,
        count(*) over (partition by customer_id, parent_customer_id) > 1 as is_on_circle
    from climbed_32

),

-- the first on a circle, which has no top, else the highest
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by case when is_on_circle then steps else 100 - steps end
        ) as top_first
    from reached

),

final as (

    select
        ranked.customer_id,
        ranked.parent_customer_id,
        ranked.is_on_circle and ranked.steps = 0 as is_on_circle,
        -- a parent that has a parent itself, on no circle, lies beyond the last round
        ranked.is_on_circle or still_below.customer_id is null as is_resolved
    from ranked
    left join links as still_below
        on ranked.parent_customer_id = still_below.customer_id
    where ranked.top_first = 1

    union all

    select
        attributes.customer_id,
        attributes.customer_id as parent_customer_id,
        false as is_on_circle,
        true as is_resolved
    from attributes
    left join mentions
        on attributes.customer_id = mentions.customer_id
    where mentions.customer_id is null

)

select * from final
