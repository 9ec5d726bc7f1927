-- Grain: one row per customer of a billing system that is linked to an account the CRM system does
-- not have; those merged away or moved to another system are left out.
with customers as (

    select * from {{ ref('int_customers_unioned') }}
    where crm_account_id is not null

),

matched as (

    select * from {{ ref('int_customer_ids_matched') }}
    where
        source_customer_id = surviving_customer_id
        and not is_led_by_another_system

),

accounts as (

    select
        account_id,
        case
            when {{ is_salesforce_id('account_id') }}
                then {{ salesforce_id_key('lower(account_id)') }}
            else lower(account_id)
        end as id_key
    from {{ ref('int_crm_accounts_unioned') }}

),

current_spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where
        is_customer
        and until_month_index is null

),

-- spreadsheets change the case of letters, which tells accounts of Salesforce apart
similar_accounts as (

    select
        id_key,
        min(account_id) as account_id
    from accounts
    group by id_key

),

final as (

    select
        customers.source_system,
        customers.source_customer_id,
        customers.crm_account_id,
        similar_accounts.account_id as similar_account_id,
        matched.customer_id,
        coalesce(current_spans.arr, 0) as arr
    from customers
    inner join matched
        on
            customers.source_system = matched.source_system
            and customers.source_customer_id = matched.source_customer_id
    left join accounts
        on customers.crm_account_id = accounts.account_id
    left join similar_accounts
        on
            case
                when {{ is_salesforce_id('customers.crm_account_id') }}
                    then {{ salesforce_id_key('lower(customers.crm_account_id)') }}
                else lower(customers.crm_account_id)
            end = similar_accounts.id_key
    left join current_spans
        on matched.customer_id = current_spans.account_id
    where accounts.account_id is null

)

select * from final
