-- Grain: one row per customer of a billing system whose id differs from that of another customer of
-- the system only in letter case or Unicode form: perhaps one customer twice.
with matched as (

    select * from {{ ref('int_customer_ids_matched') }}

),

lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

current_spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where
        is_customer
        and until_month_index is null

),

-- lines alone may name a customer
named as (

    select
        source_system,
        source_customer_id
    from matched

    union distinct

    select
        source_system,
        source_customer_id
    from lines

),

identified as (

    select
        named.source_system,
        named.source_customer_id,
        {{ comparable_text('named.source_customer_id') }} as id_key,
        coalesce(matched.customer_id, named.source_customer_id) as customer_id
    from named
    left join matched
        on
            named.source_system = matched.source_system
            and named.source_customer_id = matched.source_customer_id
    -- two ids of Salesforce that differ in case are two records
    where not ({{ is_salesforce_id('named.source_customer_id') }})

),

ranked as (

    select
        identified.source_system,
        identified.source_customer_id,
        identified.id_key,
        identified.customer_id,
        coalesce(current_spans.arr, 0) as arr,
        row_number() over (
            partition by identified.source_system, identified.id_key
            order by coalesce(current_spans.arr, 0) desc, identified.source_customer_id
        ) as largest_first
    from identified
    left join current_spans
        on identified.customer_id = current_spans.account_id

),

final as (

    select
        smaller.source_system,
        smaller.source_customer_id,
        largest.source_customer_id as similar_source_customer_id,
        smaller.customer_id,
        smaller.arr
    from ranked as smaller
    inner join ranked as largest
        on
            smaller.source_system = largest.source_system
            and smaller.id_key = largest.id_key
            and largest.largest_first = 1
            and smaller.largest_first > 1
    where smaller.customer_id <> largest.customer_id

)

select * from final
