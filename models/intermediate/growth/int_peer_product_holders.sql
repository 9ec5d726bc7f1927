-- Grain: one row per group of customers with ARR today and product family with a customer today.
-- long because every column that peers share is looped
{{ config(enabled=is_on('growth')) }}
with today as (

    {{ held_today() }}

),

grouped as (
    {%- for peer_group, columns in peer_groups().items() %}

    select
        '{{ peer_group }}' as peer_group,
        {%- for column in peer_columns() %}
        {{ column if column in columns else "'all'" }} as {{ column }},
        {%- endfor %}
        is_whole_customer,
        product_family,
        arr
    from today
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

peers as (

    select
        peer_group,
        {%- for column in peer_columns() %}
        {{ column }},
        {%- endfor %}
        count(*) as customers
    from grouped
    where is_whole_customer
    group by
        {%- for column in peer_columns() %}
        {{ column }},
        {%- endfor %}
        peer_group

),

families as (

    select distinct product_family
    from today
    where not is_whole_customer

),

held as (

    select
        peer_group,
        {%- for column in peer_columns() %}
        {{ column }},
        {%- endfor %}
        product_family,
        count(*) as holders,
        sum(arr) as held_arr
    from grouped
    where not is_whole_customer
    group by
        {%- for column in peer_columns() %}
        {{ column }},
        {%- endfor %}
        peer_group,
        product_family

),

final as (

    select
        peers.peer_group,
        {%- for column in peer_columns() %}
        peers.{{ column }},
        {%- endfor %}
        families.product_family,
        cast(peers.customers as bigint) as customers,
        cast(coalesce(held.holders, 0) as bigint) as holders,
        cast(coalesce(held.held_arr, 0) as {{ type_money() }}) as held_arr
    from peers
    cross join families
    left join held
        on
            peers.peer_group = held.peer_group
            {%- for column in peer_columns() %}
            and peers.{{ column }} = held.{{ column }}
            {%- endfor %}
            and families.product_family = held.product_family

)

select * from final
