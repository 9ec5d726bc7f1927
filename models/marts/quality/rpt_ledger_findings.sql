-- Grain: one row per finding: odd but perhaps right, so a person checks it and no build fails.
-- long because the findings of every part of the ledger come together here
{{ config(enabled=is_on('quality')) }}
{%- set reconciles = is_on('quality', ['reconciliation', 'invoices']) %}
{%- set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with spans as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and arr < 0

),

-- open renewals of a forecast category without a probability: the renewal rate is used instead
unnamed_categories as (

    select * from {{ crm_rows('int_opportunities') }}
    where
        is_renewal
        and not is_closed
        and trim(forecast_category) <> ''
        and {{ forecast_category_probability('forecast_category') }} is null

),

line_findings as (

    select * from {{ ref('int_line_findings') }}

),

overlapping_line_findings as (

    select * from {{ ref('int_overlapping_line_findings') }}

),
{%- if reconciles %}

reconciliation_findings as (

    select * from {{ ref('int_reconciliation_findings') }}

),
{%- endif %}

identity_findings as (

    select * from {{ ref('int_customer_identity_findings') }}

),

link_findings as (

    select * from {{ ref('int_link_findings') }}

),

source_row_findings as (

    select * from {{ ref('int_source_row_findings') }}

),

data_end_findings as (

    select * from {{ ref('int_data_end_findings') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

finding_types as (

    select * from {{ ref('ledger_finding_types') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

findings as (

    select
        'negative_arr' as finding_type,
        {{ no_text }} as source_system,
        account_id as customer_id,
        account_id as subject_id,
        {{ no_text }} as related_subject_id,
        from_month_index as month_index,
        arr
    from spans

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
        'line_findings', 'overlapping_line_findings', 'reconciliation_findings',
        'identity_findings', 'link_findings', 'source_row_findings', 'data_end_findings'
    ] if reconciles or findings != 'reconciliation_findings' %}

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

),

final as (

    select
        findings.finding_type,
        findings.source_system,
        findings.customer_id,
        customers.customer_name,
        findings.subject_id,
        findings.related_subject_id,
        months.date_month,
        findings.arr,
        finding_types.what_to_do
    from findings
    inner join finding_types
        on findings.finding_type = finding_types.finding_type
    left join customers
        on findings.customer_id = customers.customer_id
    left join months
        on findings.month_index = months.month_index

)

select * from final
