-- Grain: one row per customer with ARR in the last published month and owner role, and one under
-- the role all.
{{ config(enabled=is_on('books', ['crm'])) }}
with spans as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and arr <> 0
        and from_month_index <= {{ last_published_month_index() }}
        and {{ or_open('until_month_index') }} > {{ last_published_month_index() }}

),

traits as (

    select * from {{ ref('int_customer_trait_spans') }}
    where
        from_month_index <= {{ last_published_month_index() }}
        and {{ or_open('until_month_index') }} > {{ last_published_month_index() }}

),

placed as (

    select
        spans.account_id as customer_id,
        spans.arr,
        coalesce(traits.csm_owner_id, 'unassigned') as csm_owner_id,
        coalesce(traits.am_owner_id, 'unassigned') as am_owner_id
    from spans
    left join traits
        on spans.account_id = traits.customer_id

),

final as (

    select
        'all' as owner_role,
        'all' as owner_id,
        customer_id,
        arr
    from placed

    union all

    select
        'csm' as owner_role,
        csm_owner_id as owner_id,
        customer_id,
        arr
    from placed

    union all

    select
        'am' as owner_role,
        am_owner_id as owner_id,
        customer_id,
        arr
    from placed

)

select * from final
