-- Grain: one row per month ahead, up to 12, and segment at the base month, 12 months before it.
-- long because target, win rate and pipeline are compared with the projection
{{ config(enabled=is_on('forecast')) }}
with projected as (

    select
        *,
        {{ target_ndr_percent_of('segment_type', 'segment_value') }} as target_percent,
        case
            when terms_without_probability = 0
                then expected_net_arr - contracted_expansion_arr - signed_expansion_arr
        end as retained_arr
    from {{ ref('int_projected_retention') }}

),

horizons as (

    select * from {{ ref('int_projection_horizons') }}
    where is_current

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
    from {{ ref('int_expansion_opportunities') }}
    where
        opportunity_state <> 'open'
        and close_month_index <= {{ last_published_month_index() }}
        and close_month_index > {{ last_published_month_index() }} - 12

),

targeted as (

    select
        projected.*,
        months.date_month,
        {{ days_between(as_of_date(), 'months.last_day_date') }} as days_left,
        win_rates.won_arr,
        win_rates.closed_arr,
        win_rates.closed_opportunities,
        {{ rounded_share('projected.base_arr', 'projected.target_percent', '100') }} as target_arr
    from projected
    inner join horizons
        on
            projected.origin_month_index = horizons.origin_month_index
            and projected.horizon_months = horizons.horizon_months
    inner join months
        on horizons.target_month_index = months.month_index
    cross join win_rates

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
        cast(target_percent as {{ type_double() }}) / 100 as target_ndr,
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
        cast(days_left as {{ type_double() }}) / 7 as weeks_left,
        case when days_left > 0 then {{ rounded_share('gap_arr', '7', 'days_left') }} end
            as gap_per_week_arr
    from piped

)

select * from final
