-- What a term goes on at is what was up for renewal, what was given up and what was added; an open
-- term has no such amounts, a lost one gave up everything.
with renewals as (

    select * from {{ ref('fct_renewals') }}

),

final as (

    select
        source_system,
        subscription_id,
        product_family,
        term_end_date,
        outcome,
        up_for_renewal_arr,
        renewed_arr
    from renewals
    where
        case
            when outcome = 'open'
                then renewed_arr is not null or renewal_date is not null
            when outcome = 'lost' then renewed_arr <> 0 or contraction_arr <> -up_for_renewal_arr
            else
                renewed_arr <> up_for_renewal_arr + contraction_arr + expansion_arr
                or gross_renewed_arr <> up_for_renewal_arr + contraction_arr
                or contraction_arr > 0
                or expansion_arr < 0
                or renewal_date is null
        end

)

select * from final
