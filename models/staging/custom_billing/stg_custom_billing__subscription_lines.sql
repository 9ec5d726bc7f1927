-- Grain: one row per subscription line of the custom billing system.
{{ config(enabled='custom_billing' in billing_systems()) }}
with source as (

    {{ extract_once(
        'custom_billing',
        'subscription_lines',
        repeated_keys=ref('stg_custom_billing__repeated_lines'),
        tells_contradiction=true,
    ) }}

),

read as (

    select
        -- ids
        cast(line_id as {{ dbt.type_string() }}) as line_id,
        cast(subscription_id as {{ dbt.type_string() }}) as subscription_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(product_id as {{ dbt.type_string() }}) as product_id,
        cast(supersedes_line_id as {{ dbt.type_string() }}) as supersedes_line_id,
        cast(_load_id as {{ dbt.type_string() }}) as load_id,

        -- attributes
        cast(plan_tier as {{ dbt.type_string() }}) as plan_tier,
        upper(cast(currency as {{ dbt.type_string() }})) as currency,
        coalesce(
            nullif(lower(trim(cast(charge_type as {{ dbt.type_string() }}))), ''), 'recurring'
        ) as charge_type,
        coalesce(cast(is_contracted_step as boolean), false) as is_contracted_step,
        is_contradicted,

        -- measures
        cast(term_amount as {{ type_amount() }}) as term_amount,
        cast(term_months as numeric(9, 4)) as term_months,
        coalesce(cast(quantity as {{ type_quantity() }}), 1) as quantity,

        -- dates; 9999-12-31 is how some systems write an open end
        cast(start_date as date) as start_date,
        {%- set end_date = 'cast(end_date as date)' %}
        case
            when {{ end_date }} >= cast('9999-01-01' as date) then cast(null as date)
            {%- if custom_billing_end_date_is_inclusive() %}
            else {{ add_days(end_date, 1) }}
            {%- else %}
            else {{ end_date }}
            {%- endif %}
        end as end_date,
        cast(notice_date as date) as notice_date,
        cast(_deleted_date as date) as deleted_date

    from source
    {%- if deleted_lines() == 'never_existed' %}
    where _deleted_date is null
    {%- endif %}

),

final as (

    select
        line_id,
        subscription_id,
        customer_id,
        product_id,
        supersedes_line_id,
        load_id,
        plan_tier,
        currency,
        charge_type,
        is_contracted_step,
        is_contradicted,
        term_amount,
        term_months,
        quantity,
        start_date,
        -- deleted upstream: it ended when it was missed, or earlier as it said, or never began
        case
            when deleted_date <= start_date then start_date
            when deleted_date < coalesce(end_date, cast('9999-12-31' as date)) then deleted_date
            else end_date
        end as end_date,
        notice_date,
        deleted_date
    from read

)

select * from final
