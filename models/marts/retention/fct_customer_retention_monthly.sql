-- Grain: one row per customer, published month and window in whose base the customer is. A view:
-- the customers behind any NDR, GRR and logo retention.
with pairs as (

    select * from {{ ref('int_retention_span_pairs') }}
    where is_customer

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

final as (

    select
        accounts.account_id as customer_id,
        months.date_month,
        pairs.window_months,
        {{- segments_of('sets') }}
        sets.csm_owner_id,
        sets.am_owner_id,
        sets.coverage,
        pairs.base_arr,
        pairs.net_arr as net_retained_arr,
        pairs.gross_arr as gross_retained_arr,
        {{ is_active('pairs.net_arr') }} as is_retained,
        pairs.is_unbroken
    from pairs
    inner join accounts
        on pairs.account_key = accounts.account_key
    inner join months
        on
            pairs.from_month_index <= months.month_index
            and pairs.until_month_index > months.month_index
    inner join sets
        on pairs.segment_set_key = sets.segment_set_key

)

select * from final
