-- Grain: one row per customer that was a parent or had one, and stretch of months: the ultimate
-- parent of that time.
-- long because recursion does not run on every engine
with links as (

    select * from {{ ref('int_parent_links_spanned') }}

),

identities as (

    select * from {{ ref('int_customer_identities_spanned') }}

),

record_holders as (

    select * from {{ ref('int_record_holders_spanned') }}

),

-- whom a record one step up stood for: after merges in billing and in the CRM system
parent_identities as (

    select
        source_system as record_system,
        source_customer_id as record_id,
        customer_id,
        from_month_index,
        until_month_index
    from identities

    union all

    select
        record_system,
        record_id,
        holder_record_id as customer_id,
        from_month_index,
        until_month_index
    from record_holders
    where record_system in ({{ quoted_list(crm_systems() + ['']) }})

),

linked as (

    select
        links.customer_id,
        coalesce(
            parent_identities.customer_id, links.parent_record_id, links.customer_id
        ) as parent_customer_id,
        greatest(
            links.from_month_index, coalesce(parent_identities.from_month_index, 0)
        ) as from_month_index,
        least(
            {{ or_open('links.until_month_index') }},
            {{ or_open('parent_identities.until_month_index') }}
        ) as until_month_index
    from links
    left join parent_identities
        on
            links.record_system = parent_identities.record_system
            and links.parent_record_id = parent_identities.record_id
            and links.from_month_index < {{ or_open('parent_identities.until_month_index') }}
            and {{ or_open('links.until_month_index') }} > parent_identities.from_month_index

),

-- the top of a group is its own parent
climbed_1 as (

    select
        customer_id,
        parent_customer_id,
        from_month_index,
        until_month_index
    from linked

    union all

    select distinct
        linked.parent_customer_id as customer_id,
        linked.parent_customer_id,
        0 as from_month_index,
        {{ open_month_index() }} as until_month_index
    from linked
    left join linked as lower_links
        on linked.parent_customer_id = lower_links.customer_id
    where lower_links.customer_id is null

),
-- rounds instead of recursion, which does not run on every engine: each climbs twice as far
{%- for steps in [1, 2, 4, 8, 16] %}

climbed_{{ 2 * steps }} as (

    select
        lower_step.customer_id,
        upper_step.parent_customer_id,
        greatest(lower_step.from_month_index, upper_step.from_month_index) as from_month_index,
        least(lower_step.until_month_index, upper_step.until_month_index) as until_month_index
    from climbed_{{ steps }} as lower_step
    inner join climbed_{{ steps }} as upper_step
        on
            lower_step.parent_customer_id = upper_step.customer_id
            and lower_step.from_month_index < upper_step.until_month_index
            and lower_step.until_month_index > upper_step.from_month_index

),
{%- endfor %}

compared as (

    select
        *,
        lag(parent_customer_id) over (
            partition by customer_id order by from_month_index
        ) as previous_parent_customer_id
    from climbed_32

),

final as (

    select
        customer_id,
        parent_customer_id,
        from_month_index,
        lead(from_month_index) over (
            partition by customer_id order by from_month_index
        ) as until_month_index
    from compared
    where
        previous_parent_customer_id is null
        or parent_customer_id <> previous_parent_customer_id

)

select * from final
