-- Grain: one row per finding about one subscription line, its subscription or its customer.
-- long because every kind of finding is a branch of its own
{{ config(enabled=is_on('quality')) }}
{%- set customer = 'coalesce(held.customer_id, customer_ids.customer_id, '
    ~ 'found.related_subject_id)' %}
{%- set runs_on = or_open_date('all_lines.end_date') ~ ' > ' ~ as_of_date() %}
with lines as (

    select
        *,
        case
            when {{ or_open('until_month_index') }} > {{ last_published_month_index() }} then arr
        end as last_published_arr
    from {{ ref('int_arr_lines') }}

),

all_lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}

),

customer_ids as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

transfers as (

    select * from {{ ref('int_subscription_customers') }}
    where source_customer_id <> current_source_customer_id

),
{%- if 'stripe' in billing_systems() %}

stripe_subscriptions as (

    select
        all_lines.subscription_id,
        min(all_lines.customer_id) as customer_id,
        coalesce(sum(lines.last_published_arr), 0) as arr
    from all_lines
    left join lines
        on all_lines.source_system = lines.source_system and all_lines.line_id = lines.line_id
    where all_lines.source_system = 'stripe'
    group by all_lines.subscription_id

),
{%- endif %}

billed_customers as (

    select
        lines.customer_id,
        lines.source_system,
        coalesce(customer_ids.is_linked_to_crm, false) as is_linked_to_crm,
        coalesce(sum(lines.last_published_arr), 0) as arr
    from lines
    left join customer_ids
        on
            lines.source_system = customer_ids.source_system
            and lines.source_customer_id = customer_ids.source_customer_id
    where
        lines.customer_id <> 'unknown'
        and not coalesce(customer_ids.is_led_by_another_system, false)
    group by lines.customer_id, lines.source_system, customer_ids.is_linked_to_crm

),

-- two systems bill one customer without a cut-over; one id alone may be of two companies
customers_of_two_systems as (

    select
        customer_id,
        case when is_linked_to_crm then 'billed_in_two_systems' else 'shared_customer_id' end
            as finding_type,
        min(source_system) as one_system,
        max(source_system) as another_system,
        case when is_linked_to_crm then min(arr) else sum(arr) end as arr
    from billed_customers
    group by customer_id, is_linked_to_crm
    having min(source_system) <> max(source_system) and (not is_linked_to_crm or min(arr) > 0)

),

-- lines of one subscription name several customers and none handed it over to the next
shared_subscriptions as (

    select
        all_lines.source_system,
        all_lines.subscription_id,
        min(all_lines.customer_id) as customer_id
    from all_lines
    left join transfers
        on
            all_lines.source_system = transfers.source_system
            and all_lines.subscription_id = transfers.subscription_id
            and all_lines.source_customer_id = transfers.source_customer_id
    where transfers.subscription_id is null
    group by all_lines.source_system, all_lines.subscription_id
    having count(distinct all_lines.source_customer_id) > 1

),

final as (
    {%- for finding_type, condition, month_index in [
        ('renewal_pending', 'is_in_grace', month_index('end_date')),
        ('unknown_customer', "customer_id = 'unknown'", 'from_month_index'),
        ('unknown_product', "product_id = 'unknown'", 'from_month_index'),
    ] %}

    select
        '{{ finding_type }}' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ month_index }} as month_index,
        arr
    from lines
    where {{ condition }}

    union all
    {%- endfor %}

    -- excluded for a fault (in Stripe amount_not_known is one below), or without its subscription
    select
        finding_types.finding_type,
        all_lines.source_system,
        all_lines.customer_id,
        all_lines.line_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ month_index('all_lines.start_date') }} as month_index,
        all_lines.arr
    from all_lines
    inner join {{ ref('ledger_finding_types') }} as finding_types
        on
            case
                when all_lines.exclusion_reason = 'no_subscription'
                    then case when {{ runs_on }} then 'subscription_not_landed' end
                else all_lines.exclusion_reason
            end = finding_types.finding_type
    where all_lines.source_system <> 'stripe' or all_lines.exclusion_reason <> 'no_amount'

    union all

    select
        finding_type,
        one_system as source_system,
        customer_id,
        customer_id as subject_id,
        another_system as related_subject_id,
        cast(null as integer) as month_index,
        cast(arr as {{ type_money() }}) as arr
    from customers_of_two_systems

    union all

    select
        'shared_subscription' as finding_type,
        held.source_system,
        held.customer_id,
        held.subscription_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        cast(null as integer) as month_index,
        cast(coalesce(sum(lines.last_published_arr), 0) as {{ type_money() }}) as arr
    from shared_subscriptions as held
    left join lines
        on held.source_system = lines.source_system and held.subscription_id = lines.subscription_id
    group by held.source_system, held.customer_id, held.subscription_id
    {%- if 'stripe' in billing_systems() %}

    union all

    -- a discount of a customer is on all its subscriptions; without lines they name their customer
    select
        found.finding_type,
        'stripe' as source_system,
        {{ customer }} as customer_id,
        found.subject_id,
        found.related_subject_id,
        {{ month_index('min(found.found_date)') }} as month_index,
        cast(sum(coalesce(held.arr, 0)) as {{ type_money() }}) as arr
    from {{ ref('int_stripe_findings') }} as found
    left join stripe_subscriptions as held
        on found.subscription_id = held.subscription_id
    left join customer_ids
        on
            found.related_subject_id = customer_ids.source_customer_id
            and customer_ids.source_system = 'stripe'
    where held.customer_id is not null or found.finding_type = 'subscription_without_items'
    group by found.finding_type, {{ customer }}, found.subject_id, found.related_subject_id
    {%- endif %}

)

select * from final
