-- Grain: one row per counted line and customer it belonged to in a span of months.
with lines as (

    select * from {{ ref('int_arr_lines') }}

),

subscription_holders as (

    select * from {{ ref('int_subscription_customer_spans') }}

),

identities as (

    select * from {{ ref('int_customer_identities') }}

),

accounts as (

    select * from {{ ref('int_account_keys') }}
    where is_customer

),

-- hand-overs of the subscription
held as (

    select
        lines.source_system,
        lines.line_id,
        coalesce(
            subscription_holders.holder_source_customer_id, lines.source_customer_id
        ) as source_customer_id,
        coalesce(subscription_holders.from_month_index, 0) as from_month_index,
        {{ or_open('subscription_holders.until_month_index') }} as until_month_index
    from lines
    left join subscription_holders
        on
            lines.source_system = subscription_holders.source_system
            and lines.subscription_id = subscription_holders.subscription_id
            and lines.source_customer_id = subscription_holders.source_customer_id

),

-- and the customer that each holder stood for
identified as (

    select
        held.source_system,
        held.line_id,
        coalesce(identities.customer_id, held.source_customer_id) as customer_id,
        greatest(
            held.from_month_index, coalesce(identities.from_month_index, 0)
        ) as from_month_index
    from held
    left join identities
        on
            held.source_system = identities.source_system
            and held.source_customer_id = identities.source_customer_id
            and held.from_month_index < {{ or_open('identities.until_month_index') }}
            and held.until_month_index > identities.from_month_index

),

compared as (

    select
        *,
        lag(customer_id) over (
            partition by source_system, line_id order by from_month_index
        ) as previous_customer_id
    from identified

),

final as (

    select
        compared.source_system,
        compared.line_id,
        compared.customer_id,
        accounts.account_key as customer_key,
        compared.from_month_index,
        lead(compared.from_month_index) over (
            partition by compared.source_system, compared.line_id
            order by compared.from_month_index
        ) as until_month_index
    from compared
    inner join accounts
        on compared.customer_id = accounts.account_id
    where
        compared.previous_customer_id is null
        or compared.customer_id <> compared.previous_customer_id

)

select * from final
