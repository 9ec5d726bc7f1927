-- Grain: one row per origin month, horizon and segment at the base month: sums over the customers
-- of the base, their open opportunities, and GRR and NDR as projected.
-- long because amounts are computed per customer, summed and divided
{{ config(enabled=is_on('forecast')) }}
{%- set measures = [
    'base_arr', 'now_arr', 'kept_arr', 'up_for_renewal_arr', 'notice_arr', 'expected_loss_arr',
    'worst_loss_arr', 'signed_contraction_arr', 'contracted_expansion_arr', 'signed_expansion_arr',
    'expected_gross_arr', 'best_gross_arr', 'worst_gross_arr', 'expected_net_arr', 'best_net_arr',
    'worst_net_arr'
] %}
{%- set counts = ['base_customers', 'terms_without_probability', 'pipeline_opportunities'] %}
{%- set expansion = 'summed.contracted_expansion_arr + summed.signed_expansion_arr' %}
with customers as (

    select
        *,
        -- certain: notices and what is signed
        now_arr - notice_arr
        + signed_contraction_arr + contracted_expansion_arr + signed_expansion_arr as best_arr,
        expected_loss_arr - notice_arr as expected_open_loss_arr,
        worst_loss_arr - notice_arr as worst_open_loss_arr
    from {{ ref('int_projected_customers') }}

),

cases as (

    select
        *,
        best_arr - expected_open_loss_arr as expected_arr,
        best_arr - worst_open_loss_arr as worst_arr
    from customers

),

-- a loss falls alike on what was there at the base month and on what came since
projected as (

    select
        *,
        {%- for case_name in ['expected', 'best', 'worst'] %}
        cast(
            case
                when {{ case_name }}_arr <= 0 then 0
                when best_arr <= base_arr then {{ case_name }}_arr
                when {{ case_name }}_arr = best_arr then base_arr
                else {{ rounded_share('base_arr', case_name ~ '_arr', 'best_arr') }}
            end as {{ type_money() }}
        ) as {{ case_name }}_gross_arr,
        greatest(0, {{ case_name }}_arr) as {{ case_name }}_net_arr,
        {%- endfor %}
        least(now_arr, base_arr) as kept_arr
    from cases

),

pipeline as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        opportunities.customer_key,
        count(*) as pipeline_opportunities,
        sum(opportunities.opportunity_arr) as pipeline_arr
    from {{ ref('int_projection_horizons') }} as horizons
    inner join {{ ref('int_expansion_opportunities') }} as opportunities
        on horizons.target_month_index >= opportunities.close_month_index
    where horizons.is_current and opportunities.opportunity_state = 'open'
    group by horizons.origin_month_index, horizons.horizon_months, opportunities.customer_key

),

-- by set first: a set counts in many segments
sets as (

    select
        projected.origin_month_index,
        projected.horizon_months,
        projected.segment_set_key,
        {%- for measure in measures %}
        sum(projected.{{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(coalesce(pipeline.pipeline_arr, 0)) as pipeline_arr,
        count(*) as base_customers,
        sum(projected.terms_without_probability) as terms_without_probability,
        sum(coalesce(pipeline.pipeline_opportunities, 0)) as pipeline_opportunities
    from projected
    left join pipeline
        on
            projected.origin_month_index = pipeline.origin_month_index
            and projected.horizon_months = pipeline.horizon_months
            and projected.customer_key = pipeline.customer_key
    group by projected.origin_month_index, projected.horizon_months, projected.segment_set_key

),

summed as (

    select
        {%- for measure in measures + ['pipeline_arr'] %}
        cast(sum(sets.{{ measure }}) as {{ type_money() }}) as {{ measure }},
        {%- endfor %}
        {%- for count in counts %}
        cast(sum(sets.{{ count }}) as bigint) as {{ count }},
        {%- endfor %}
        sets.origin_month_index,
        sets.horizon_months,
        segments.segment_type,
        segments.segment_value
    from sets
    inner join {{ ref('int_segment_set_values') }} as segments
        on
            sets.segment_set_key = segments.segment_set_key
            and not segments.is_book
    group by
        sets.origin_month_index, sets.horizon_months, segments.segment_type, segments.segment_value

),

-- the rates of the last year, at the origin
last_year as (

    select
        month_index,
        segment_type,
        segment_value,
        {{ ratio('gross_arr', 'base_arr') }} as grr,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('net_arr - gross_arr', 'base_arr') }} as growth_rate
    from {{ ref('int_retention_sums_monthly') }}
    where account_grain = 'customer' and window_months = 12

),

rated as (

    select
        summed.*,
        last_year.grr as last_year_grr,
        last_year.ndr as last_year_ndr,
        cast(summed.horizon_months as {{ type_double() }}) / 12 as horizon_share,
        {{ ratio(expansion, 'summed.base_arr') }} as growth_rate,
        last_year.growth_rate as last_year_growth_rate,
        {%- for case_name in ['expected', 'best', 'worst'] %}
        {{ ratio('summed.' ~ case_name ~ '_gross_arr', 'summed.base_arr') }}
            as any_{{ case_name }}_grr,
        {{ ratio('summed.' ~ case_name ~ '_net_arr', 'summed.base_arr') }}
            as any_{{ case_name }}_ndr,
        {%- endfor %}
        summed.terms_without_probability = 0 as is_complete
    from summed
    left join last_year
        on
            summed.origin_month_index = last_year.month_index
            and summed.segment_type = last_year.segment_type
            and summed.segment_value = last_year.segment_value

),

-- customers grow as in the last year, of which signed growth is a part; new growth is added to one
-- rate, so that without it the rates are equal to the last bit
grown as (

    select
        *,
        case
            when last_year_growth_rate * horizon_share > growth_rate
                then last_year_growth_rate * horizon_share - growth_rate
            else 0
        end as new_growth_rate
    from rated

),

-- without a probability for every term there is no expectation
final as (

    select
        origin_month_index,
        horizon_months,
        segment_type,
        segment_value,
        {%- for column in measures + ['pipeline_arr'] + counts %}
        {{ column }},
        {%- endfor %}
        last_year_grr,
        last_year_ndr,
        case when is_complete then any_expected_grr end as expected_grr,
        any_best_grr as best_grr,
        case when is_complete then any_worst_grr end as worst_grr,
        case when is_complete then any_expected_ndr end as ndr_before_new_expansion,
        case when is_complete then any_expected_ndr + new_growth_rate end as expected_ndr,
        any_best_ndr + new_growth_rate as best_ndr,
        case when is_complete then any_worst_ndr end as worst_ndr
    from grown

)

select * from final
