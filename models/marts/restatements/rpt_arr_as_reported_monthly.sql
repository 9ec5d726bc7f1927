-- Grain: one row per closed month: ARR as reported, its restatements by cause, ARR as restated.
{{ config(enabled=is_on('restatements')) }}
with closed_months as (

    select * from {{ ref('int_closed_months') }}

),

restatements as (

    select * from {{ ref('fct_arr_restatements') }}

),

summed as (

    select
        closed_months.date_month,
        closed_months.ending_arr
        {%- for cause in restatement_causes() %},
        cast(
            sum(
                case
                    when restatements.cause = '{{ cause }}' then restatements.restatement_arr
                    else 0
                end
            ) as {{ type_money() }}
        ) as {{ cause }}_arr
        {%- endfor %},
        cast(
            sum(coalesce(restatements.restatement_arr, 0)) as {{ type_money() }}
        ) as restatement_arr
    from closed_months
    left join restatements
        on closed_months.date_month = restatements.date_month
    group by closed_months.date_month, closed_months.ending_arr

),

final as (

    select
        date_month,
        ending_arr as as_reported_arr
        {%- for cause in restatement_causes() %},
        {{ cause }}_arr
        {%- endfor %},
        restatement_arr,
        cast(ending_arr + restatement_arr as {{ type_money() }}) as as_restated_arr
    from summed

)

select * from final
