-- Grain: one row per term up for renewal that a subscription begun on the day or within the grace
-- days takes up. A beginning takes up one term: the latest before it, of several the largest.
-- long because beginnings are found here, and compared with the terms that wait for one
with terms as (

    select * from {{ ref('int_terms_up_for_renewal') }}

),

in_place as (

    select * from {{ ref('int_renewals_in_place') }}

),

counted as (

    select * from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null

),

open_terms as (

    select terms.*
    from terms
    left join in_place
        on
            terms.source_system = in_place.source_system
            and terms.subscription_id = in_place.subscription_id
            and terms.customer_id = in_place.customer_id
            and terms.product_family = in_place.product_family
            and terms.term_end_date = in_place.term_end_date
    where in_place.term_end_date is null

),

-- days on which a subscription begins, or begins again, to hold a family
beginnings as (

    select
        begun.source_system,
        begun.subscription_id,
        begun.customer_id,
        begun.product_family,
        begun.start_date,
        sum(begun.arr) as arr
    from counted as begun
    left join counted as held
        on
            begun.source_system = held.source_system
            and begun.subscription_id = held.subscription_id
            and begun.customer_id = held.customer_id
            and begun.product_family = held.product_family
            and begun.start_date > held.start_date
            and begun.start_date <= {{ or_open_date('held.end_date') }}
    where held.line_id is null
    group by
        begun.source_system,
        begun.subscription_id,
        begun.customer_id,
        begun.product_family,
        begun.start_date
    having sum(begun.arr) > 0

),

claims as (

    select
        open_terms.*,
        beginnings.start_date as renewal_date,
        beginnings.subscription_id as renewed_by_subscription_id,
        beginnings.arr,
        row_number() over (
            partition by
                beginnings.source_system,
                beginnings.subscription_id,
                beginnings.customer_id,
                beginnings.product_family,
                beginnings.start_date
            order by
                open_terms.term_end_date desc,
                open_terms.up_for_renewal_arr desc,
                open_terms.source_system asc,
                open_terms.subscription_id asc
        ) as claim
    from open_terms
    inner join beginnings
        on
            open_terms.customer_id = beginnings.customer_id
            and open_terms.product_family = beginnings.product_family
            and open_terms.term_end_date <= beginnings.start_date
            and {{ add_days('open_terms.term_end_date', renewal_grace_days()) }}
            >= beginnings.start_date

),

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        min(renewal_date) as renewal_date,
        min(renewed_by_subscription_id) as renewed_by_subscription_id,
        sum(arr) as renewed_arr
    from claims
    where claim = 1
    group by source_system, subscription_id, customer_id, product_family, term_end_date

)

select * from final
