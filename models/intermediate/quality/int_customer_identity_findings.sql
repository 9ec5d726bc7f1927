-- Grain: one row per customer of a billing system whose id looks like that of another one, or whose
-- CRM account does not exist, and kind of finding.
-- long because ids are compared with ids of the same system and with ids of the CRM
{{ config(enabled=is_on('quality')) }}
with matched as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

customers as (

    select * from {{ ref('int_billing_customers') }}
    where crm_account_id is not null

),

lines as (

    select * from {{ ref('int_arr_lines') }}

),

accounts as (

    select
        account_id,
        case
            when {{ is_salesforce_id('account_id') }}
                then {{ salesforce_id_key('lower(account_id)') }}
            else lower(account_id)
        end as id_key
    from {{ crm_rows('int_crm_accounts') }}
    where not coalesce(is_deleted, false)

),

current_spans as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and until_month_index is null

),

-- a customer may exist in lines alone
named as (

    select
        source_system,
        source_customer_id
    from matched

    union distinct

    select
        source_system,
        source_customer_id
    from lines

),

identified as (

    select
        named.source_system,
        named.source_customer_id,
        -- two ids of Salesforce that differ in case are two records
        case
            when {{ is_salesforce_id('named.source_customer_id') }} then named.source_customer_id
            else {{ comparable_text('named.source_customer_id') }}
        end as id_key,
        coalesce(matched.customer_id, named.source_customer_id) as customer_id
    from named
    left join matched
        on
            named.source_system = matched.source_system
            and named.source_customer_id = matched.source_customer_id

),

ranked as (

    select
        identified.source_system,
        identified.source_customer_id,
        identified.id_key,
        identified.customer_id,
        coalesce(current_spans.arr, 0) as arr,
        row_number() over (
            partition by identified.source_system, identified.id_key
            order by coalesce(current_spans.arr, 0) desc, identified.source_customer_id
        ) as largest_first
    from identified
    left join current_spans
        on identified.customer_id = current_spans.account_id

),

similar_customers as (

    select
        smaller.source_system,
        smaller.customer_id,
        smaller.source_customer_id,
        largest.source_customer_id as similar_source_customer_id,
        smaller.arr
    from ranked as smaller
    inner join ranked as largest
        on
            smaller.source_system = largest.source_system
            and smaller.id_key = largest.id_key
            and largest.largest_first = 1
    where smaller.customer_id <> largest.customer_id

),

-- spreadsheets change the case of letters, which tells accounts of Salesforce apart
similar_accounts as (

    select
        id_key,
        min(account_id) as account_id
    from accounts
    group by id_key

),

-- customers merged away or moved to another system are left out; merges of accounts are followed
unmatched_links as (

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
        on matched.customer_id = accounts.account_id
    left join similar_accounts
        on
            case
                when {{ is_salesforce_id('matched.customer_id') }}
                    then {{ salesforce_id_key('lower(matched.customer_id)') }}
                else lower(matched.customer_id)
            end = similar_accounts.id_key
    left join current_spans
        on matched.customer_id = current_spans.account_id
    where
        accounts.account_id is null
        and matched.is_survivor

),

final as (

    select
        'similar_ids' as finding_type,
        source_system,
        customer_id,
        source_customer_id as subject_id,
        similar_source_customer_id as related_subject_id,
        cast(null as integer) as month_index,
        arr
    from similar_customers

    union all

    select
        case
            when similar_account_id is not null then 'crm_link_in_other_case'
            else 'unknown_crm_account'
        end as finding_type,
        source_system,
        customer_id,
        source_customer_id as subject_id,
        coalesce(similar_account_id, crm_account_id) as related_subject_id,
        cast(null as integer) as month_index,
        arr
    from unmatched_links

)

select * from final
