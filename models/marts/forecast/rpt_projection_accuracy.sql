-- Grain: one row per months ahead at which retention is projected, and segment at the base month:
-- how far the projections of past quarters were from what came.
{{ config(enabled=is_on('forecast')) }}
with backtest as (

    -- in millionths: whole numbers add up to the same in any order
    select
        horizon_months,
        segment_type,
        segment_value,
        is_better_than_naive,
        is_within_range,
        cast(floor(1000000 * grr_error + 0.5) as bigint) as grr_error,
        cast(floor(1000000 * naive_grr_error + 0.5) as bigint) as naive_grr_error,
        cast(floor(1000000 * ndr_error + 0.5) as bigint) as ndr_error,
        cast(floor(1000000 * naive_ndr_error + 0.5) as bigint) as naive_ndr_error
    from {{ ref('rpt_projection_backtest') }}
    -- only where both methods had something to say
    where grr_error is not null and naive_grr_error is not null

),

final as (

    select
        horizon_months,
        segment_type,
        segment_value,
        count(*) as quarters,
        cast(sum(case when is_better_than_naive then 1 else 0 end) as bigint)
            as quarters_better_than_naive,
        cast(sum(case when is_within_range then 1 else 0 end) as bigint) as quarters_within_range,
        {%- for measure in ['grr', 'ndr'] %}
        {{ ratio('sum(abs(' ~ measure ~ '_error))', '1000000 * count(*)') }}
            as {{ measure }}_mean_absolute_error,
        {{ ratio('sum(' ~ measure ~ '_error)', '1000000 * count(*)') }} as {{ measure }}_mean_error,
        {{ ratio('sum(abs(naive_' ~ measure ~ '_error))', '1000000 * count(*)') }}
            as naive_{{ measure }}_mean_absolute_error,
        {%- endfor %}
        sum(abs(grr_error)) < sum(abs(naive_grr_error)) as is_better_than_naive
    from backtest
    group by horizon_months, segment_type, segment_value

)

select * from final
