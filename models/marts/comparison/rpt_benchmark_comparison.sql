-- Grain: one row per benchmark and company population it is compared with; one row also where
-- there is none.
-- long because every row says why it may or may not be compared
{{ config(enabled=is_on('comparison', ['growth'])) }}
with facts as (

    select * from {{ ref('benchmark_facts') }}

),

trust_levels as (

    select * from {{ ref('benchmark_trust_levels') }}

),

figures as (

    select * from {{ ref('rpt_benchmarked_figures') }}

),

-- like with like: the company as a whole, the populations with such contracts, the segment
matched as (

    select
        facts.benchmark_id,
        figures.*
    from facts
    inner join figures
        on facts.metric = figures.metric
    where
        (facts.compared_by = 'company' and figures.segment_type = 'all')
        or (
            facts.compared_by = 'contract_value'
            and figures.contract_value >= coalesce(facts.contract_value_from, 0)
            and figures.contract_value
            < coalesce(facts.contract_value_until, figures.contract_value + 1)
        )
        or (
            facts.compared_by = 'segment'
            and figures.segment_type = '{{ leading_segment() }}'
            and lower(figures.segment_value) = lower(facts.segment_value)
        )

),

held_against as (

    select
        facts.*,
        matched.benchmark_id is not null as is_matched,
        coalesce(matched.date_month, whole_company.date_month) as date_month,
        coalesce(matched.segment_type, whole_company.segment_type) as company_segment_type,
        coalesce(matched.segment_value, whole_company.segment_value) as company_segment_value,
        coalesce(matched.company_value, whole_company.company_value) as company_value,
        coalesce(matched.contract_value, whole_company.contract_value) as company_contract_value,
        coalesce(matched.base_customers, whole_company.base_customers) as base_customers,
        coalesce(matched.is_low_base, whole_company.is_low_base) as is_low_base
    from facts
    left join matched
        on facts.benchmark_id = matched.benchmark_id
    left join figures as whole_company
        on
            facts.metric = whole_company.metric
            and whole_company.segment_type = 'all'

),

judged as (

    select
        *,
        case
            when compared_by = 'never' then why_not_compared
            when company_value is null then 'The ledger has no such figure, or not yet'
            {%- if reporting_currency() != 'USD' %}
            when compared_by = 'contract_value'
                then 'The band is in USD, the ledger in {{ reporting_currency() }}'
            {%- endif %}
            when compared_by = 'contract_value' and not is_matched
                then 'Mean base ARR per customer lies outside the band, of all and of every segment'
            when compared_by = 'segment' and not is_matched then 'No segment of this name'
            when is_low_base then 'Fewer customers in the base than min_base_logos'
        end as why_not,
        case compared_by
            when 'contract_value' then 'Mean base ARR per customer lies in the band'
            when 'segment' then 'Segment of the same name; where it begins may differ'
            else 'The whole company; the source does not say by contract value'
        end as why
    from held_against

),

final as (

    select
        judged.benchmark_id,
        coalesce(judged.company_segment_type, 'all') as company_segment_type,
        coalesce(judged.company_segment_value, 'all') as company_segment_value,
        judged.date_month,
        judged.metric,
        judged.company_value,
        judged.statistic,
        cast(judged.benchmark_value as {{ type_double() }}) as benchmark_value,
        case
            when judged.why_not is null
                then judged.company_value - cast(judged.benchmark_value as {{ type_double() }})
        end as difference,
        judged.why_not is null as is_comparable,
        coalesce(judged.why_not, judged.why) as comparability,
        judged.company_contract_value,
        judged.base_customers,
        judged.population,
        judged.contract_value_from,
        judged.contract_value_until,
        judged.period,
        judged.sample_size,
        judged.source,
        judged.url,
        judged.trust,
        trust_levels.is_measurement,
        trust_levels.meaning as trust_meaning,
        judged.note
    from judged
    inner join trust_levels
        on judged.trust = trust_levels.trust

)

select * from final
