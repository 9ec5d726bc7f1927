-- Grain: one row per customer of a billing system that a cut-over makes the same as another: the
-- one who leads, which is the newer, unless the older alone is linked to the CRM system.
with cut_overs as (

    select * from {{ ref('stg_reference__billing_cut_overs') }}

),

customers as (

    select * from {{ ref('int_customers_unioned') }}

),

compared as (

    select
        cut_overs.*,
        old_customers.crm_account_id is not null
        and new_customers.crm_account_id is null as is_led_by_the_old
    from cut_overs
    left join customers as old_customers
        on
            cut_overs.old_source_system = old_customers.source_system
            and cut_overs.old_source_customer_id = old_customers.source_customer_id
    left join customers as new_customers
        on
            cut_overs.new_source_system = new_customers.source_system
            and cut_overs.new_source_customer_id = new_customers.source_customer_id

),

led as (

    select
        old_source_system as source_system,
        old_source_customer_id as source_customer_id,
        new_source_system as leading_source_system,
        new_source_customer_id as leading_source_customer_id
    from compared
    where not is_led_by_the_old

    union all

    select
        new_source_system as source_system,
        new_source_customer_id as source_customer_id,
        old_source_system as leading_source_system,
        old_source_customer_id as leading_source_customer_id
    from compared
    where is_led_by_the_old

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_system, source_customer_id
            order by leading_source_system, leading_source_customer_id
        ) as first_leader
    from led

),

final as (

    select
        source_system,
        source_customer_id,
        leading_source_system,
        leading_source_customer_id
    from ranked
    where first_leader = 1

)

select * from final
