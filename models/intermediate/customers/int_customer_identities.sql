-- Grain: one row per customer record of a billing system and span of months: the customer it stands
-- for. Where hierarchy_mode is re_presented, today's customer holds for all months.
-- long because merges in billing, links, CRM merges and cut-overs follow each other
{%- set customers = ref('int_billing_customers') %}
{%- set open = open_month_index() %}
with record_holders as (
    {{- record_holders(ref('int_surviving_record_spans')) }}

),

-- of a customer that moved from one billing system to another, up to three times in a row
moved as (

    select
        once.old_source_system as source_system,
        once.old_source_customer_id as source_customer_id,
        {%- for column in ['source_system', 'source_customer_id'] %}
        coalesce(
            thrice.new_{{ column }}, twice.new_{{ column }}, once.new_{{ column }}
        ) as newest_{{ column }},
        {%- endfor %}
        once.cut_over_date as left_date
    from {{ ref('stg_reference__billing_cut_overs') }} as once
    left join {{ ref('stg_reference__billing_cut_overs') }} as twice
        on
            once.new_source_system = twice.old_source_system
            and once.new_source_customer_id = twice.old_source_customer_id
    left join {{ ref('stg_reference__billing_cut_overs') }} as thrice
        on
            twice.new_source_system = thrice.old_source_system
            and twice.new_source_customer_id = thrice.old_source_customer_id

),

members as (

    select * from moved

    union distinct

    select
        newest_source_system as source_system,
        newest_source_customer_id as source_customer_id,
        newest_source_system,
        newest_source_customer_id,
        cast('9999-12-31' as date) as left_date
    from moved

),

-- the newest record leads, unless an older one alone is linked to the CRM system
ranked_members as (

    select
        members.*,
        row_number() over (
            partition by members.newest_source_system, members.newest_source_customer_id
            order by
                case when customers.crm_account_id is null then 1 else 0 end asc,
                members.left_date desc, members.source_system asc, members.source_customer_id asc
        ) as place
    from members
    left join {{ customers }} as customers
        on
            members.source_system = customers.source_system
            and members.source_customer_id = customers.source_customer_id

),

-- merges in billing; few records have one: only these look the link of their survivor up
billing_holders as (

    select
        record_holders.*,
        survivors.crm_account_id
    from record_holders
    left join {{ customers }} as survivors
        on
            record_holders.record_system = survivors.source_system
            and record_holders.holder_record_id = survivors.source_customer_id

),

survivors as (

    select
        customers.record_key,
        customers.source_system,
        customers.source_customer_id,
        customers.is_listed,
        coalesce(holders.holder_record_id, customers.source_customer_id) as surviving_customer_id,
        case
            when holders.record_id is null then customers.crm_account_id
            else holders.crm_account_id
        end as crm_account_id,
        coalesce(holders.from_month_index, 0) as from_month_index,
        coalesce(holders.until_month_index, {{ open }}) as until_month_index
    from {{ customers }} as customers
    left join billing_holders as holders
        on
            customers.source_system = holders.record_system
            and customers.source_customer_id = holders.record_id

),

-- merges in the CRM system; the link of the survivor counts
identified as (

    select
        survivors.record_key,
        survivors.source_system,
        survivors.source_customer_id,
        survivors.is_listed,
        survivors.surviving_customer_id,
        coalesce(
            holders.holder_record_id, survivors.crm_account_id, survivors.surviving_customer_id
        ) as customer_id,
        survivors.crm_account_id is not null as is_linked_to_crm,
        greatest(survivors.from_month_index, coalesce(holders.from_month_index, 0))
            as from_month_index,
        least(survivors.until_month_index, coalesce(holders.until_month_index, {{ open }}))
            as until_month_index
    from survivors
    left join {{ crm_rows('int_crm_accounts', 'accounts') }}
        on survivors.crm_account_id = accounts.account_id
    left join record_holders as holders
        on
            accounts.crm_system = holders.record_system
            and accounts.account_id = holders.record_id
            and survivors.from_month_index < {{ or_open('holders.until_month_index') }}
            and survivors.until_month_index > holders.from_month_index

),

leaders as (

    select
        followers.source_system as following_source_system,
        followers.source_customer_id as following_source_customer_id,
        identified.*
    from ranked_members as followers
    inner join ranked_members as firsts
        on
            followers.newest_source_system = firsts.newest_source_system
            and followers.newest_source_customer_id = firsts.newest_source_customer_id
            and followers.place > 1
            and firsts.place = 1
    inner join identified
        on
            firsts.source_system = identified.source_system
            and firsts.source_customer_id = identified.source_customer_id

),

-- a record that moved always was the customer that it is there
led as (

    select
        identified.record_key,
        identified.source_system,
        identified.source_customer_id,
        identified.is_listed,
        leaders.customer_id is null
        and identified.source_customer_id = identified.surviving_customer_id as is_survivor,
        coalesce(leaders.customer_id, identified.customer_id) as customer_id,
        coalesce(leaders.is_linked_to_crm, identified.is_linked_to_crm) as is_linked_to_crm,
        leaders.customer_id is not null as is_led_by_another_system,
        greatest(identified.from_month_index, coalesce(leaders.from_month_index, 0))
            as from_month_index,
        nullif(
            least(identified.until_month_index, coalesce(leaders.until_month_index, {{ open }})),
            {{ open }}
        ) as until_month_index
    from identified
    left join leaders
        on
            identified.source_system = leaders.following_source_system
            and identified.surviving_customer_id = leaders.following_source_customer_id
            and identified.from_month_index < leaders.until_month_index
            and identified.until_month_index > leaders.from_month_index

),

final as (

    select
        *,
        {%- if hierarchy_mode() == 'as_was' %}
        cast(dense_rank() over (order by customer_id) as integer) as customer_key,
        {%- else %}
        -- a record stands for one customer: the number of its first record costs no sort
        min(record_key) over (partition by customer_id) as customer_key,
        {%- endif %}
        until_month_index is null as is_current
    from led

)

select * from final
