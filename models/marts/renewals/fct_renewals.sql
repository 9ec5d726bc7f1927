-- Grain: one row per customer, subscription, product family and day on which terms of it end.
-- long because what is open has no amounts, which every amount has to say
with terms as (

    select * from {{ ref('int_terms_up_for_renewal') }}

),

renewals as (

    select * from {{ ref('int_renewals_in_place') }}
    union all
    select * from {{ ref('int_renewals_taken_up') }}

),

judged as (

    select
        terms.*,
        renewals.renewal_date,
        renewals.renewed_by_subscription_id,
        renewals.renewed_arr,
        case
            when renewals.renewal_date < terms.term_end_date then 'early'
            when terms.term_end_date > {{ as_of_date() }} then 'open'
            when renewals.renewal_date = terms.term_end_date then 'on_time'
            when renewals.renewal_date is not null then 'late'
            when
                terms.notice_date is null
                and {{ add_days('terms.term_end_date', renewal_grace_days()) }} > {{ as_of_date() }}
                then 'open'
            else 'lost'
        end as outcome
    from terms
    left join renewals
        on
            terms.source_system = renewals.source_system
            and terms.subscription_id = renewals.subscription_id
            and terms.customer_id = renewals.customer_id
            and terms.product_family = renewals.product_family
            and terms.term_end_date = renewals.term_end_date

),

valued as (

    select
        *,
        case
            when outcome = 'lost' then 0
            when outcome <> 'open' then renewed_arr
        end as continued_arr
    from judged

),

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        {{ add_days('term_end_date', '1 - cast(extract(day from term_end_date) as integer)') }}
            as date_month,
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
        ) as expansion_arr
    from valued

)

select * from final
