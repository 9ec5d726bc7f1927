-- Grain: one row per customer that billing knows or bills, and per ultimate parent of one.
with matched as (

    select * from {{ ref('int_customer_identities') }}
    where is_listed

),

lines as (

    select * from {{ ref('int_arr_lines') }}

),

parents as (

    select * from {{ ref('int_customer_parents') }}
    where until_month_index is null

),

-- a customer may be named by lines alone
billing_mentions as (

    select
        customer_id,
        source_system
    from matched

    union all

    select
        customer_id,
        source_system
    from lines
    {%- if hierarchy_mode() == 'as_was' %}

    union all

    -- only lines may name a customer that handed its subscription over
    select
        identities.customer_id,
        lines.source_system
    from lines
    inner join {{ ref('int_customer_identities') }} as identities
        on
            lines.source_system = identities.source_system
            and lines.source_customer_id = identities.source_customer_id
    where not identities.is_listed
    {%- endif %}

),

mentions as (

    select
        billing_mentions.customer_id,
        billing_mentions.source_system
    from billing_mentions

    union all

    select
        parents.parent_customer_id as customer_id,
        'none' as source_system
    from billing_mentions
    inner join parents
        on billing_mentions.customer_id = parents.customer_id

),

listed as (

    select
        customer_id,
        max(case when source_system = 'stripe' then 1 else 0 end) as stripe_flag,
        max(case when source_system = 'custom_billing' then 1 else 0 end) as custom_billing_flag
    from mentions
    group by customer_id

),

final as (

    select
        listed.customer_id,
        coalesce(parents.parent_customer_id, listed.customer_id) as parent_customer_id,
        listed.stripe_flag = 1 as is_billed_by_stripe,
        listed.custom_billing_flag = 1 as is_billed_by_custom_billing
    from listed
    left join parents
        on listed.customer_id = parents.customer_id

)

select * from final
