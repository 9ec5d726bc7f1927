-- Grain: one row per customer that billing knows or bills, and per parent of one.
with customers as (

    select * from {{ ref('int_customers') }}

),

attributes as (

    select * from {{ ref('int_customer_attributes') }}

),

segments as (

    select * from {{ ref('int_customer_segment_spans') }}
    where
        from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > {{ last_published_month_index() }})

),

owners as (

    select
        customer_id,
        max(case when owner_role = 'csm' then owner_id end) as csm_owner_id,
        max(case when owner_role = 'am' then owner_id end) as am_owner_id
    from {{ crm_rows('int_customer_owner_spans') }}
    where
        from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > {{ last_published_month_index() }})
    group by customer_id

),

balances as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > {{ last_published_month_index() }})

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        customers.customer_id,
        coalesce(attributes.customer_name, customers.customer_id) as customer_name,
        customers.parent_customer_id,
        {{- known_segments_of('segments') }}
        owners.csm_owner_id,
        owners.am_owner_id,
        months.date_month as first_arr_month,
        {{ is_active('coalesce(balances.arr, 0)') }} as is_current_customer,
        cast(coalesce(balances.arr, 0) as {{ type_money() }}) as current_arr,
        customers.is_billed_by_stripe,
        customers.is_billed_by_custom_billing,
        coalesce(attributes.is_in_crm, false) as is_in_crm
    from customers
    left join attributes
        on customers.customer_id = attributes.customer_id
    left join segments
        on customers.customer_id = segments.customer_id
    left join owners
        on customers.customer_id = owners.customer_id
    left join balances
        on customers.customer_id = balances.account_id
    left join months
        on balances.first_month_index = months.month_index

)

select * from final
