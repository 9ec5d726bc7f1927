-- Grain: one row per origin month, horizon and customer with terms that end by then: the ARR that
-- is expected to be lost at their ends, at best and at worst; losses are above zero here.
with horizons as (

    select * from {{ ref('int_projection_horizons') }}

),

chances as (

    select * from {{ ref('int_renewal_chances') }}

),

-- a short term comes up again within the horizon
met as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        chances.customer_id,
        chances.arr,
        chances.signed_arr,
        chances.lost_arr,
        chances.probability_source,
        chances.renews_automatically,
        chances.renewal_probability
        * power(
            coalesce(chances.later_probability, 1),
            {{ whole_division(
                'horizons.target_month_index - chances.term_end_month_index', 'chances.term_months'
            ) }}
        ) as kept_share
    from horizons
    inner join chances
        on
            horizons.origin_month_index = chances.origin_month_index
            and horizons.target_month_index >= chances.term_end_month_index

),

final as (

    select
        origin_month_index,
        horizon_months,
        customer_id,
        cast(sum(arr) as {{ type_money() }}) as up_for_renewal_arr,
        cast(sum(lost_arr) as {{ type_money() }}) as notice_arr,
        cast(
            sum(cast(arr * (1 - kept_share) as {{ type_money() }})) as {{ type_money() }}
        ) as expected_loss_arr,
        -- what needs a signature is lost, what renews by itself is lost as expected
        cast(
            sum(
                case
                    when probability_source in ('notice', 'signed') or renews_automatically
                        then cast(arr * (1 - kept_share) as {{ type_money() }})
                    else arr - signed_arr
                end
            ) as {{ type_money() }}
        ) as worst_loss_arr,
        cast(
            sum(case when probability_source = 'none' then 1 else 0 end) as bigint
        ) as terms_without_probability
    from met
    group by origin_month_index, horizon_months, customer_id

)

select * from final
