-- Two billing systems that use one id for a customer no CRM account links would silently share one
-- balance. Where it is one company, link both to its CRM account; where it is not, give the id a
-- prefix in one of the extracts.
-- Lines without a customer share 'unknown' on purpose.
with lines as (

    select distinct
        source_system,
        source_customer_id
    from {{ ref('int_subscription_lines_unioned') }}

),

matched as (

    select * from {{ ref('int_customer_ids_matched') }}

),

unlinked_ids as (

    select
        source_system,
        customer_id
    from matched
    where
        not is_linked_to_crm
        and not is_led_by_another_system

    union all

    select
        lines.source_system,
        lines.source_customer_id as customer_id
    from lines
    left join matched
        on
            lines.source_system = matched.source_system
            and lines.source_customer_id = matched.source_customer_id
    where
        matched.source_customer_id is null
        and lines.source_customer_id <> 'unknown'

)

select
    customer_id,
    min(source_system) as one_system,
    max(source_system) as another_system
from unlinked_ids
group by customer_id
having min(source_system) <> max(source_system)
