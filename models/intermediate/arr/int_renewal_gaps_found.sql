-- Grain: one row per customer, product family and gap in service that the grace days bridge. A gap
-- without an end is one that a late renewal may still close.
with gaps as (

    select * from {{ ref('int_service_gaps_found') }}
    where counts_trials = {{ counts_trials() }}

),

final as (

    select
        customer_key,
        product_family,
        gap_from_date,
        gap_until_date
    from gaps
    where {{ is_bridged_gap('gap_from_date', 'gap_until_date', renewal_grace_days()) }}

)

select * from final
