-- Grain: one row per metric that benchmarks are about and population of the company (all customers,
-- and each known segment), over the twelve months up to the last published one.
with retention as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}
    where
        window_months = 12
        and segment_type in ('all', 'segment')
        and segment_value <> 'unknown'
        and {{ month_index('date_month') }} = {{ last_published_month_index() }}

),

growth as (

    select * from {{ ref('rpt_expansion_share_monthly') }}
    where
        window_months = 12
        and segment_type in ('all', 'segment')
        and {{ month_index('date_month') }} = {{ last_published_month_index() }}

),

measured as (

    select
        'ndr' as metric,
        segment_type,
        segment_value,
        ndr as company_value
    from retention

    union all

    select
        'grr' as metric,
        segment_type,
        segment_value,
        grr as company_value
    from retention

    union all

    select
        'gross_churn' as metric,
        segment_type,
        segment_value,
        1 - grr as company_value
    from retention

    union all

    select
        'expansion_share' as metric,
        segment_type,
        segment_value,
        expansion_share as company_value
    from growth

    union all

    select
        'quick_ratio' as metric,
        segment_type,
        segment_value,
        quick_ratio as company_value
    from growth

),

final as (

    select
        retention.date_month,
        measured.metric,
        measured.segment_type,
        measured.segment_value,
        measured.company_value,
        retention.base_arr,
        retention.base_customers,
        {{ ratio('retention.base_arr', 'retention.base_customers') }} as contract_value,
        retention.is_low_base
    from measured
    inner join retention
        on
            measured.segment_type = retention.segment_type
            and measured.segment_value = retention.segment_value
    where measured.company_value is not null

)

select * from final
