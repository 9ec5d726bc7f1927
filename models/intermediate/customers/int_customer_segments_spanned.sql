-- Grain: one row per customer and stretch of months with the same segment, industry and region.
-- long because CRM accounts, billing versions and customers without history meet
with attributes as (

    select * from {{ ref('int_customer_attributes_current') }}

),

account_versions as (

    select * from {{ ref('int_crm_account_versions_unioned') }}

),

billing_versions as (

    select * from {{ ref('int_billing_customer_versions_dated') }}

),

versions as (

    select
        account_versions.account_id as customer_id,
        account_versions.from_month_index,
        coalesce(nullif(account_versions.segment, ''), 'unknown') as segment,
        coalesce(nullif(account_versions.industry, ''), 'unknown') as industry,
        coalesce(nullif(account_versions.region, ''), 'unknown') as region
    from account_versions
    inner join attributes
        on
            account_versions.account_id = attributes.customer_id
            and attributes.is_in_crm

    union all

    select
        customer_id,
        from_month_index,
        coalesce(nullif(segment, ''), 'unknown') as segment,
        coalesce(nullif(industry, ''), 'unknown') as industry,
        coalesce(nullif(region, ''), 'unknown') as region
    from billing_versions

),

compared_versions as (

    select
        *,
        lag(segment) over (
            partition by customer_id order by from_month_index
        ) as previous_segment,
        lag(industry) over (
            partition by customer_id order by from_month_index
        ) as previous_industry,
        lag(region) over (
            partition by customer_id order by from_month_index
        ) as previous_region
    from versions

),

changed_versions as (

    select * from compared_versions
    where
        segment is distinct from previous_segment
        or industry is distinct from previous_industry
        or region is distinct from previous_region

),

final as (

    select
        customer_id,
        from_month_index,
        lead(from_month_index) over (
            partition by customer_id order by from_month_index
        ) as until_month_index,
        segment,
        industry,
        region
    from changed_versions

    union all

    -- without a history today's values hold for all months
    select
        attributes.customer_id,
        0 as from_month_index,
        cast(null as integer) as until_month_index,
        coalesce(nullif(attributes.segment, ''), 'unknown') as segment,
        coalesce(nullif(attributes.industry, ''), 'unknown') as industry,
        coalesce(nullif(attributes.region, ''), 'unknown') as region
    from attributes
    left join billing_versions
        on attributes.customer_id = billing_versions.customer_id
    where
        not attributes.is_in_crm
        and billing_versions.customer_id is null

)

select * from final
