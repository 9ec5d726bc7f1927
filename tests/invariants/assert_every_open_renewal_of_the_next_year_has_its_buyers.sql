-- Every term that is open and ends within twelve months has its row among the buyer changes, with
-- the ARR that is up, and there is no other row.
with renewals as (

    select * from {{ ref('fct_renewals') }}
    where
        outcome = 'open'
        and term_end_date <= {{ add_months(as_of_date(), 12) }}

),

buyer_changes as (

    select * from {{ ref('rpt_buyer_changes_before_renewal') }}

),

final as (

    select
        coalesce(renewals.customer_id, buyer_changes.customer_id) as customer_id,
        coalesce(renewals.term_end_date, buyer_changes.term_end_date) as term_end_date,
        renewals.up_for_renewal_arr,
        buyer_changes.up_for_renewal_arr as listed_arr
    from renewals
    full join buyer_changes
        on
            renewals.source_system = buyer_changes.source_system
            and renewals.subscription_id = buyer_changes.subscription_id
            and renewals.customer_id = buyer_changes.customer_id
            and renewals.product_family = buyer_changes.product_family
            and renewals.term_end_date = buyer_changes.term_end_date
    where renewals.up_for_renewal_arr is distinct from buyer_changes.up_for_renewal_arr

)

select * from final
