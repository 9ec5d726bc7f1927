-- Grain: one row per published month, window of one, three or twelve months that ends with it, and
-- segment.
{{ config(enabled=is_on('growth')) }}
with bridge as (

    select
        *,
        row_number() over (
            partition by segment_type, segment_value order by date_month
        ) as months_of_history
    from {{ ref('rpt_arr_bridge_monthly') }}

),

windowed as (
    {%- for months in [1, 3, 12] %}

    select
        {%- for movement_type in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] %}
        {%- if months == 1 %}
        {{ movement_type }}_arr,
        {%- else %}
        sum({{ movement_type }}_arr) over (
            partition by segment_type, segment_value order by date_month
            rows between {{ months - 1 }} preceding and current row
        ) as {{ movement_type }}_arr,
        {%- endif %}
        {%- endfor %}
        date_month,
        {{ months }} as window_months,
        segment_type,
        segment_value,
        months_of_history
    from bridge
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        date_month,
        window_months,
        segment_type,
        segment_value,
        cast(new_arr as {{ type_money() }}) as new_arr,
        cast(reactivation_arr as {{ type_money() }}) as reactivation_arr,
        cast(expansion_arr as {{ type_money() }}) as expansion_arr,
        cast(new_arr + reactivation_arr + expansion_arr as {{ type_money() }}) as gained_arr,
        cast(contraction_arr + churn_arr as {{ type_money() }}) as lost_arr,
        {{ ratio('expansion_arr', 'new_arr + reactivation_arr + expansion_arr') }}
            as expansion_share,
        {{ ratio(
            'new_arr + reactivation_arr + expansion_arr', '-(contraction_arr + churn_arr)'
        ) }} as quick_ratio
    from windowed
    where months_of_history >= window_months

)

select * from final
