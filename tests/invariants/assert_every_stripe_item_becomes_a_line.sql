-- Every subscription item that Stripe landed or ever invoiced is a line, usable or with a reason.
{{ config(enabled='stripe' in billing_systems()) }}

with items as (

    select subscription_item_id from {{ ref('stg_stripe__subscription_items') }}
    union all
    select subscription_item_id from {{ ref('int_stripe_item_statements') }}

),

landed_items as (

    select distinct subscription_item_id from items

),

item_lines as (

    select
        item_lines.subscription_item_id,
        count(*) as item_line_count,
        count(waist_lines.line_id) as waist_line_count
    from {{ ref('int_stripe_item_lines') }} as item_lines
    left join {{ ref('int_stripe_subscription_lines') }} as waist_lines
        on item_lines.line_key || '/gross' = waist_lines.line_id
    group by item_lines.subscription_item_id

),

compared as (

    select
        landed_items.subscription_item_id as landed_item_id,
        item_lines.subscription_item_id as line_item_id,
        item_lines.item_line_count,
        item_lines.waist_line_count
    from landed_items
    full join item_lines
        on landed_items.subscription_item_id = item_lines.subscription_item_id

),

-- subscriptions without a single item mean that nothing was compared
emptiness as (

    select count(*) as subscription_count
    from {{ ref('stg_stripe__subscription_versions') }}

)

select
    landed_item_id,
    line_item_id,
    item_line_count,
    waist_line_count
from compared
where
    landed_item_id is null
    or line_item_id is null
    or item_line_count <> waist_line_count

union all

select
    'no item was compared' as landed_item_id,
    cast(null as {{ dbt.type_string() }}) as line_item_id,
    subscription_count as item_line_count,
    0 as waist_line_count
from emptiness
where
    subscription_count > 0
    and not exists (select 1 from compared)
