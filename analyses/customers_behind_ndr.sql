-- Grain: one row per customer of the twelve-month base of the newest published month, largest
-- change first. The sums of base_arr and net_arr are those of rpt_ndr_grr_monthly, so the list
-- explains NDR to the cent.
with pairs as (

    select * from {{ ref('int_retention_span_pairs') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}

),

sets as (

    select * from {{ ref('int_segment_sets') }}

),

final as (

    select
        accounts.account_id as customer_id,
        customers.customer_name,
        {{- segments_of('sets') }}
        pairs.base_arr,
        pairs.net_arr,
        pairs.net_arr - pairs.base_arr as arr_change,
        pairs.is_unbroken
    from pairs
    inner join accounts
        on pairs.account_key = accounts.account_key
    inner join sets
        on pairs.segment_set_key = sets.segment_set_key
    left join customers
        on accounts.account_id = customers.customer_id
    where
        pairs.is_customer
        and pairs.window_months = 12
        and pairs.from_month_index <= {{ last_published_month_index() }}
        and pairs.until_month_index > {{ last_published_month_index() }}

)

select * from final
order by abs(arr_change) desc, customer_id asc
