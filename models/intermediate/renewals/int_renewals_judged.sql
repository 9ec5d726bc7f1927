-- Grain: one row per customer, subscription, product family and day on which terms of it end, with
-- what became of it.
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

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        {{ month_index('term_end_date') }} as term_end_month_index,
        up_for_renewal_arr,
        term_months,
        notice_date,
        renews_automatically,
        renewal_date,
        renewed_by_subscription_id,
        outcome,
        case
            when outcome = 'lost' then 0
            when outcome <> 'open' then renewed_arr
        end as continued_arr
    from judged

)

select * from final
