-- Grain: one row per finding: odd but perhaps right, so it is shown to a person instead of failing
-- the build.
-- long because every kind of finding is a branch of its own
with spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where is_customer

),

lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

overlapping_renewals as (

    select * from {{ ref('int_overlapping_renewals_detected') }}

),

shared_subscriptions as (

    select * from {{ ref('int_shared_subscriptions_detected') }}

),

customer_findings as (

    select * from {{ ref('int_identity_findings_unioned') }}

),

faulty_rows as (

    select * from {{ ref('int_faulty_rows_valued') }}

),

data_ends as (

    select * from {{ ref('int_data_ends_found') }}

),

-- open renewals of a forecast category that no chance is given to: the renewal rate stands in
unnamed_categories as (

    select *
    from {{ ref('int_opportunities_valued') }}
    where
        is_renewal
        and not is_closed
        and trim(forecast_category) <> ''
        and {{ forecast_category_probability('forecast_category') }} is null

),

line_findings as (

    select * from {{ ref('int_line_findings_collected') }}

),

billing_findings as (

    select * from {{ ref('int_billing_findings_collected') }}

),

final as (

    select
        'negative_arr' as finding_type,
        cast(null as {{ dbt.type_string() }}) as source_system,
        account_id as customer_id,
        account_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        from_month_index as month_index,
        arr
    from spans
    where arr < 0

    union all

    select
        'overlapping_renewal' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        overlapping_line_id as related_subject_id,
        month_index,
        overlapping_arr as arr
    from overlapping_renewals

    union all

    select
        'shared_subscription' as finding_type,
        source_system,
        customer_id,
        subscription_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        cast(null as integer) as month_index,
        cast(null as {{ type_money() }}) as arr
    from shared_subscriptions

    union all

    select
        'renewal_pending' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ month_index('end_date') }} as month_index,
        arr
    from lines
    where is_in_grace

    union all

    select
        'unknown_customer' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        from_month_index as month_index,
        arr
    from lines
    where customer_id = 'unknown'

    union all

    select
        'unnamed_forecast_category' as finding_type,
        crm_system as source_system,
        customer_id,
        opportunity_id as subject_id,
        forecast_category as related_subject_id,
        close_month_index as month_index,
        opportunity_arr as arr
    from unnamed_categories
    {%- for findings in [
        'line_findings', 'billing_findings', 'customer_findings', 'faulty_rows', 'data_ends'
    ] %}

    union all

    select
        finding_type,
        source_system,
        customer_id,
        subject_id,
        related_subject_id,
        month_index,
        arr
    from {{ findings }}
    {%- endfor %}

)

select * from final
