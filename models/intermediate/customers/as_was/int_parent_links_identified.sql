-- Grain: one row per customer that had a parent at some time, and span of months: the customer that
-- the record one step up stood for; the customer itself where it had no parent.
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

final as (

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

)

select * from final
