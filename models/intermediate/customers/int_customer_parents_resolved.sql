-- Grain: one row per customer or CRM account, with the ultimate parent it belongs to.
with attributes as (

    select * from {{ ref('int_customer_attributes_current') }}

),

-- long because recursion does not run on every engine: the rounds are written out. Each climbs
-- twice as many steps as the one before, so five rounds climb 32
after_1_step as (

    select * from {{ ref('int_customer_parent_links_unioned') }}

),

after_2_steps as (

    select
        lower_step.customer_id,
        coalesce(upper_step.parent_customer_id, lower_step.parent_customer_id) as parent_customer_id
    from after_1_step as lower_step
    left join after_1_step as upper_step
        on lower_step.parent_customer_id = upper_step.customer_id

),

after_4_steps as (

    select
        lower_step.customer_id,
        coalesce(upper_step.parent_customer_id, lower_step.parent_customer_id) as parent_customer_id
    from after_2_steps as lower_step
    left join after_2_steps as upper_step
        on lower_step.parent_customer_id = upper_step.customer_id

),

after_8_steps as (

    select
        lower_step.customer_id,
        coalesce(upper_step.parent_customer_id, lower_step.parent_customer_id) as parent_customer_id
    from after_4_steps as lower_step
    left join after_4_steps as upper_step
        on lower_step.parent_customer_id = upper_step.customer_id

),

after_16_steps as (

    select
        lower_step.customer_id,
        coalesce(upper_step.parent_customer_id, lower_step.parent_customer_id) as parent_customer_id
    from after_8_steps as lower_step
    left join after_8_steps as upper_step
        on lower_step.parent_customer_id = upper_step.customer_id

),

after_32_steps as (

    select
        lower_step.customer_id,
        coalesce(upper_step.parent_customer_id, lower_step.parent_customer_id) as parent_customer_id
    from after_16_steps as lower_step
    left join after_16_steps as upper_step
        on lower_step.parent_customer_id = upper_step.customer_id

),

-- a parent may be named by its children alone
mentions as (

    select customer_id from attributes

    union all

    select parent_customer_id as customer_id from after_1_step

),

everybody as (

    select distinct customer_id from mentions

),

final as (

    select
        everybody.customer_id,
        coalesce(climbed.parent_customer_id, everybody.customer_id) as parent_customer_id,
        -- a parent that has a parent itself lies on a circle or beyond the last round
        still_below.customer_id is null as is_resolved
    from everybody
    left join after_32_steps as climbed
        on everybody.customer_id = climbed.customer_id
    left join after_1_step as still_below
        on climbed.parent_customer_id = still_below.customer_id

)

select * from final
