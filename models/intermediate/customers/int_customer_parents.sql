-- Grain: one row per customer that was a parent or had one, and span of months: the ultimate parent
-- of that time; today's for all months where hierarchy_mode is re_presented.
-- long because recursion does not run on every engine
with linked as (

    select * from {{ ref('int_parent_links') }}

),

sides as (
    {{- sides_listed() }}

),

mentions as (

    select customer_id from linked

    union distinct

    select parent_customer_id as customer_id from linked

),

climbed_1 as (

    select
        customer_id,
        customer_id as parent_customer_id,
        0 as steps,
        0 as from_month_index,
        {{ open_month_index() }} as until_month_index
    from mentions

    union all

    select
        customer_id,
        parent_customer_id,
        1 as steps,
        from_month_index,
        until_month_index
    from linked
    where customer_id <> parent_customer_id

),
-- rounds instead of recursion, which does not run on every engine: each climbs twice as far
{%- for steps in [1, 2, 4, 8, 16] %}

climbed_{{ 2 * steps }} as (

    select
        lower_steps.customer_id,
        upper_steps.parent_customer_id,
        lower_steps.steps + upper_steps.steps as steps,
        greatest(lower_steps.from_month_index, upper_steps.from_month_index) as from_month_index,
        least(lower_steps.until_month_index, upper_steps.until_month_index) as until_month_index
    from climbed_{{ steps }} as lower_steps
    inner join climbed_{{ steps }} as upper_steps
        on
            lower_steps.parent_customer_id = upper_steps.customer_id
            and (lower_steps.steps = {{ steps }} or upper_steps.steps = 0)
            and lower_steps.from_month_index < upper_steps.until_month_index
            and lower_steps.until_month_index > upper_steps.from_month_index

),
{%- endfor %}

-- the months in which a customer above changes
changes as (

    select distinct
        climbed.customer_id,
        {{ begun_or_ended('climbed.from_month_index', 'climbed.until_month_index') }} as month_index
    from climbed_32 as climbed
    cross join sides
    where sides.sign = 1 or climbed.until_month_index < {{ open_month_index() }}

),

-- a customer reached twice in a month is on a circle
reached as (

    select
        changes.customer_id,
        changes.month_index,
        climbed.parent_customer_id,
        climbed.steps,
        count(*) over (
            partition by changes.customer_id, changes.month_index, climbed.parent_customer_id
        ) > 1 as is_on_circle
    from changes
    inner join climbed_32 as climbed
        on
            changes.customer_id = climbed.customer_id
            and changes.month_index >= climbed.from_month_index
            and changes.month_index < climbed.until_month_index

),

-- the first on a circle, which has no top, else the highest
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, month_index
            order by case when is_on_circle then steps else 100 - steps end
        ) as top_first
    from reached

),

compared as (

    select
        customer_id,
        parent_customer_id,
        month_index as from_month_index,
        lag(parent_customer_id) over (
            partition by customer_id order by month_index
        ) as previous_parent_customer_id,
        last_value(is_on_circle and steps = 0) over (
            partition by customer_id order by month_index
            rows between unbounded preceding and unbounded following
        ) as is_on_circle
    from ranked
    where top_first = 1

),

final as (

    select
        customer_id,
        parent_customer_id,
        from_month_index,
        lead(from_month_index) over (
            partition by customer_id order by from_month_index
        ) as until_month_index,
        is_on_circle
    from compared
    where
        previous_parent_customer_id is null
        or parent_customer_id <> previous_parent_customer_id

)

select * from final
