-- Grain: one row per CRM account or customer of billing that had a parent at some time, and stretch
-- of months: the record one step up as billing or the CRM system names it; null at the top.
-- long because billing and the CRM system keep links with and without history
with account_versions as (

    select * from {{ ref('int_crm_account_versions_unioned') }}

),

accounts as (

    select * from {{ ref('int_crm_accounts_unioned') }}

),

billing_versions as (

    select * from {{ ref('int_billing_customer_versions_dated') }}

),

customers as (

    select * from {{ ref('int_customers_unioned') }}

),

-- a history that never names a parent says nothing about parents: today's holds for all months
histories as (

    select distinct account_id
    from account_versions
    where parent_account_id is not null

),

account_links as (

    select
        account_versions.account_id as customer_id,
        accounts.crm_system as record_system,
        account_versions.from_month_index,
        case
            when histories.account_id is null then accounts.parent_account_id
            else account_versions.parent_account_id
        end as parent_record_id
    from account_versions
    inner join accounts
        on account_versions.account_id = accounts.account_id
    left join histories
        on account_versions.account_id = histories.account_id

),

billing_links as (

    select
        customer_id,
        source_system as record_system,
        from_month_index,
        parent_source_customer_id as parent_record_id
    from billing_versions

    union all

    select
        customers.source_customer_id as customer_id,
        customers.source_system as record_system,
        0 as from_month_index,
        customers.parent_source_customer_id as parent_record_id
    from customers
    left join billing_versions
        on
            customers.source_system = billing_versions.source_system
            and customers.source_customer_id = billing_versions.customer_id
    where
        billing_versions.customer_id is null
        -- whom the CRM system knows, it speaks for
        and customers.crm_account_id is null

),

links as (

    select * from account_links

    union all

    select * from billing_links

),

spanned as (

    select
        *,
        lead(from_month_index) over (
            partition by record_system, customer_id order by from_month_index
        ) as until_month_index,
        max(parent_record_id) over (
            partition by record_system, customer_id
        ) as any_parent_record_id
    from links

),

final as (

    select
        customer_id,
        record_system,
        nullif(parent_record_id, customer_id) as parent_record_id,
        from_month_index,
        until_month_index
    from spanned
    where any_parent_record_id is not null

)

select * from final
