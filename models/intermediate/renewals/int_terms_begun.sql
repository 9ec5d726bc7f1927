-- Grain: one row per term up for renewal, with the day on which it began: the renewal before it in
-- the same subscription and product family, else the first line.
with terms as (

    select * from {{ ref('int_renewals_judged') }}

),

starts as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        min(start_date) as first_start_date
    from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null
    group by source_system, subscription_id, customer_id, product_family

),

final as (

    select
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.up_for_renewal_arr,
        terms.continued_arr,
        terms.outcome,
        terms.renewal_date,
        terms.notice_date,
        coalesce(
            lag(coalesce(terms.renewal_date, terms.term_end_date)) over (
                partition by
                    terms.source_system,
                    terms.subscription_id,
                    terms.customer_id,
                    terms.product_family
                order by terms.term_end_date
            ),
            starts.first_start_date
        ) as term_began_date
    from terms
    left join starts
        on
            terms.source_system = starts.source_system
            and terms.subscription_id = starts.subscription_id
            and terms.customer_id = starts.customer_id
            and terms.product_family = starts.product_family

)

select * from final
