-- Grain: one row per finding about who a customer is: circles of merges and parents, ids that look
-- the same, links to accounts that are not there.
with hierarchy_circles as (

    select * from {{ ref('int_hierarchy_circles_detected') }}

),

similar_customers as (

    select * from {{ ref('int_similar_customers_detected') }}

),

unmatched_links as (

    select * from {{ ref('int_crm_links_unmatched') }}

),

final as (

    select
        circle_kind as finding_type,
        record_system as source_system,
        customer_id,
        record_id as subject_id,
        next_record_id as related_subject_id,
        cast(null as integer) as month_index,
        arr
    from hierarchy_circles

    union all

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
