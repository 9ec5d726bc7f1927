-- Grain: one row per finding: odd but perhaps right, for a person to look at.
with findings as (

    select * from {{ ref('int_ledger_findings_collected') }}

),

finding_types as (

    select * from {{ ref('ledger_finding_types') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

final as (

    select
        findings.finding_type,
        findings.source_system,
        findings.customer_id,
        findings.subject_id,
        findings.related_subject_id,
        months.date_month,
        findings.arr,
        finding_types.what_to_do
    from findings
    inner join finding_types
        on findings.finding_type = finding_types.finding_type
    left join months
        on findings.month_index = months.month_index

)

select * from final
