-- Grain: one row per customer, role (csm or am) and span of months with the same owner.
{{ config(enabled=is_on('core', ['crm_system'])) }}
with attributes as (

    select * from {{ ref('int_customer_attributes') }}

),

account_versions as (

    select * from {{ ref('int_crm_account_versions') }}

),

owners as (

    select
        account_id as customer_id,
        'csm' as owner_role,
        from_month_index,
        csm_owner_id as owner_id
    from account_versions

    union all

    select
        account_id as customer_id,
        'am' as owner_role,
        from_month_index,
        account_owner_id as owner_id
    from account_versions

),

compared_owners as (

    select
        owners.customer_id,
        owners.owner_role,
        owners.from_month_index,
        owners.owner_id,
        lag(owners.from_month_index) over (
            partition by owners.customer_id, owners.owner_role order by owners.from_month_index
        ) as previous_month_index,
        lag(owners.owner_id) over (
            partition by owners.customer_id, owners.owner_role order by owners.from_month_index
        ) as previous_owner_id
    from owners
    inner join attributes
        on
            owners.customer_id = attributes.customer_id
            and attributes.is_in_crm

),

final as (

    select
        customer_id,
        owner_role,
        owner_id,
        from_month_index,
        lead(from_month_index) over (
            partition by customer_id, owner_role order by from_month_index
        ) as until_month_index
    from compared_owners
    where
        previous_month_index is null
        or owner_id is distinct from previous_owner_id

)

select * from final
