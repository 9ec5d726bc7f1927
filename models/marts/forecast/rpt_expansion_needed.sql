-- Grain: one row per month ahead, up to 12, and segment at the base month, 12 months before it.
-- long because the target, the win rate and the pipeline stand beside the projection
with projected as (

    select
        *,
        {{ target_ndr_percent_of('segment_type', 'segment_value') }} as target_percent
    from {{ ref('rpt_projected_retention_monthly') }}

),

pipeline as (

    select * from {{ ref('int_expansion_pipeline_summed') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

-- of what closed in the last 12 published months, the share of ARR that was won
win_rates as (

    select
        cast(count(*) as bigint) as closed_opportunities,
        sum(opportunity_arr) as closed_arr,
        sum(case when opportunity_state = 'won' then opportunity_arr else 0 end) as won_arr
    from {{ ref('int_expansion_opportunities_judged') }}
    where
        opportunity_state <> 'open'
        and close_month_index <= {{ last_published_month_index() }}
        and close_month_index > {{ last_published_month_index() }} - 12

),

targeted as (

    select
        projected.*,
        {{ days_between(as_of_date(), 'months.last_day_date') }} as days_left,
        win_rates.won_arr,
        win_rates.closed_arr,
        win_rates.closed_opportunities,
        coalesce(pipeline.pipeline_arr, 0) as pipeline_arr,
        coalesce(pipeline.pipeline_opportunities, 0) as pipeline_opportunities,
        projected.net_before_new_expansion_arr
        - projected.contracted_expansion_arr
        - projected.signed_expansion_arr as retained_arr,
        {{ rounded_share('projected.base_arr', 'projected.target_percent', '100') }} as target_arr
    from projected
    inner join months
        on projected.date_month = months.date_month
    cross join win_rates
    left join pipeline
        on
            projected.horizon_months = pipeline.horizon_months
            and projected.segment_type = pipeline.segment_type
            and projected.segment_value = pipeline.segment_value

),

needed as (

    select
        *,
        case
            when target_arr > retained_arr then target_arr - retained_arr
            when retained_arr is not null then 0
        end as needed_arr
    from targeted

),

gapped as (

    select
        *,
        case
            when needed_arr > contracted_expansion_arr + signed_expansion_arr
                then needed_arr - contracted_expansion_arr - signed_expansion_arr
            when needed_arr is not null then 0
        end as gap_arr
    from needed

),

piped as (

    select
        *,
        case
            when won_arr > 0 then {{ rounded_share('gap_arr', 'closed_arr', 'won_arr') }}
        end as pipeline_needed_arr
    from gapped

),

final as (

    select
        date_month,
        horizon_months,
        segment_type,
        segment_value,
        base_customers,
        base_arr,
        {{ ratio('target_percent', '100') }} as target_ndr,
        target_arr,
        cast(retained_arr as {{ type_money() }}) as projected_retained_arr,
        cast(needed_arr as {{ type_money() }}) as expansion_needed_arr,
        contracted_expansion_arr,
        signed_expansion_arr,
        cast(gap_arr as {{ type_money() }}) as expansion_gap_arr,
        closed_opportunities,
        {{ ratio('won_arr', 'closed_arr') }} as win_rate,
        pipeline_needed_arr,
        pipeline_arr,
        pipeline_opportunities,
        {{ ratio('pipeline_arr', 'pipeline_needed_arr') }} as pipeline_coverage,
        {{ ratio('days_left', '7') }} as weeks_left,
        case when days_left > 0 then {{ rounded_share('gap_arr', '7', 'days_left') }} end
            as gap_per_week_arr
    from piped

)

select * from final
