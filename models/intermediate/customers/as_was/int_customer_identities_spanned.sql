-- Grain: one row per customer of a billing system and stretch of months: the customer it stood for.
-- long because merges in billing, links, CRM merges and cut-overs follow each other
with customers as (

    select * from {{ ref('int_customers_unioned') }}

),

accounts as (

    select * from {{ ref('int_crm_accounts_unioned') }}

),

record_holders as (

    select * from {{ ref('int_record_holders_spanned') }}

),

cut_overs as (

    select * from {{ ref('int_billing_cut_overs_followed') }}

),

-- merges in billing; the link of whoever it became counts
survivors as (

    select
        customers.source_system,
        customers.source_customer_id,
        coalesce(record_holders.holder_record_id, customers.source_customer_id)
            as surviving_customer_id,
        coalesce(record_holders.from_month_index, 0) as from_month_index,
        {{ or_open('record_holders.until_month_index') }} as until_month_index
    from customers
    left join record_holders
        on
            customers.source_system = record_holders.record_system
            and customers.source_customer_id = record_holders.record_id

),

-- merges in the CRM system
identified as (

    select
        survivors.source_system,
        survivors.source_customer_id,
        survivors.surviving_customer_id,
        coalesce(
            account_holders.holder_record_id,
            surviving_customers.crm_account_id,
            survivors.surviving_customer_id
        ) as customer_id,
        greatest(
            survivors.from_month_index, coalesce(account_holders.from_month_index, 0)
        ) as from_month_index,
        least(
            survivors.until_month_index, {{ or_open('account_holders.until_month_index') }}
        ) as until_month_index
    from survivors
    left join customers as surviving_customers
        on
            survivors.source_system = surviving_customers.source_system
            and survivors.surviving_customer_id = surviving_customers.source_customer_id
    left join accounts
        on surviving_customers.crm_account_id = accounts.account_id
    left join record_holders as account_holders
        on
            accounts.crm_system = account_holders.record_system
            and accounts.account_id = account_holders.record_id
            and survivors.from_month_index < {{ or_open('account_holders.until_month_index') }}
            and survivors.until_month_index > account_holders.from_month_index

),

-- who moved to another billing system always was whoever it is there
final as (

    select
        identified.source_system,
        identified.source_customer_id,
        coalesce(leaders.customer_id, identified.customer_id) as customer_id,
        greatest(
            identified.from_month_index, coalesce(leaders.from_month_index, 0)
        ) as from_month_index,
        nullif(
            least(
                identified.until_month_index,
                coalesce(leaders.until_month_index, {{ open_month_index() }})
            ),
            {{ open_month_index() }}
        ) as until_month_index
    from identified
    left join cut_overs
        on
            identified.source_system = cut_overs.source_system
            and identified.surviving_customer_id = cut_overs.source_customer_id
    left join identified as leaders
        on
            cut_overs.leading_source_system = leaders.source_system
            and cut_overs.leading_source_customer_id = leaders.source_customer_id
            and identified.from_month_index < leaders.until_month_index
            and identified.until_month_index > leaders.from_month_index

)

select * from final
