-- Grain: one row per customer and span of months with the same value in every segment column.
-- long because CRM accounts, billing versions and customers without history meet
with attributes as (

    select * from {{ ref('int_customer_attributes') }}

),

account_versions as (

    select * from {{ crm_rows('int_crm_account_versions') }}

),

billing_versions as (

    select * from {{ ref('int_billing_customer_versions') }}

),

versions as (

    select
        account_versions.account_id as customer_id,
        {%- for column in segment_columns() %}
        {%- set versions = 'account_versions' if crm_says(column) else 'attributes' %}
        coalesce(nullif({{ versions }}.{{ column }}, ''), 'unknown') as {{ column }},
        {%- endfor %}
        account_versions.from_month_index
    from account_versions
    inner join attributes
        on
            account_versions.account_id = attributes.customer_id
            and attributes.is_in_crm

    union all

    select
        customer_id,
        {{- known_segments_of() }}
        from_month_index
    from billing_versions

),

compared_versions as (

    select
        *,
        {%- for column in segment_columns() %}
        lag({{ column }}) over (
            partition by customer_id order by from_month_index
        ) as previous_{{ column }},
        {%- endfor %}
        row_number() over (partition by customer_id order by from_month_index) as version_number
    from versions

),

changed_versions as (

    select * from compared_versions
    where
        version_number = 1
        {%- for column in segment_columns() %}
        or {{ column }} <> previous_{{ column }}
        {%- endfor %}

),

final as (

    select
        customer_id,
        {{- segments_of() }}
        from_month_index,
        lead(from_month_index) over (
            partition by customer_id order by from_month_index
        ) as until_month_index
    from changed_versions

    union all

    -- without a history today's values hold for all months
    select
        attributes.customer_id,
        {{- known_segments_of('attributes') }}
        0 as from_month_index,
        cast(null as integer) as until_month_index
    from attributes
    left join billing_versions
        on attributes.customer_id = billing_versions.customer_id
    where
        not attributes.is_in_crm
        and billing_versions.customer_id is null

)

select * from final
