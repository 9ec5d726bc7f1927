-- Grain: one row per customer, subscription, product family and day on which terms of it end.
{{ config(enabled=is_on('renewals')) }}
with outcomes as (

    select
        *,
        {{ month_index('term_end_date') }} - 1 as last_month_index
    from {{ ref('int_renewal_outcomes') }}

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

-- where a customer was, and with whom, at the last month end of its term: what follows its outcome
-- moves no history
renewals as (

    select
        outcomes.*,
        cast(coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as integer)
            as segment_set_key
    from outcomes
    {{ segment_set_at('outcomes', 'sets', 'outcomes.last_month_index') }}

),

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        {{ first_day_of_month('term_end_date') }} as date_month,
        term_months,
        renews_automatically,
        notice_date,
        outcome,
        case when outcome not in ('open', 'lost') then renewal_date end as renewal_date,
        case when outcome not in ('open', 'lost') then renewed_by_subscription_id end
            as renewed_by_subscription_id,
        case
            when outcome not in ('open', 'lost')
                then {{ days_between('term_end_date', 'renewal_date') }}
        end as lag_days,
        cast(up_for_renewal_arr as {{ type_money() }}) as up_for_renewal_arr,
        cast(continued_arr as {{ type_money() }}) as renewed_arr,
        cast(
            case
                when continued_arr < up_for_renewal_arr then continued_arr
                when continued_arr is not null then up_for_renewal_arr
            end as {{ type_money() }}
        ) as gross_renewed_arr,
        cast(
            case
                when continued_arr < up_for_renewal_arr then continued_arr - up_for_renewal_arr
                when continued_arr is not null then 0
            end as {{ type_money() }}
        ) as contraction_arr,
        cast(
            case
                when continued_arr > up_for_renewal_arr then continued_arr - up_for_renewal_arr
                when continued_arr is not null then 0
            end as {{ type_money() }}
        ) as expansion_arr,
        segment_set_key
    from renewals

)

select * from final
