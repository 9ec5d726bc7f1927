-- Grain: one row per customer with ARR today and product family that it does not hold and another
-- customer does.
-- long because the peer group is chosen before it is weighed against all customers
{{ config(enabled=is_on('growth')) }}
{%- set groups = peer_groups() | list %}
with today as (

    {{ held_today() }}

),

peers as (

    select * from {{ ref('int_peer_product_holders') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- a company that gives a product to each customer would list every customer with every other one;
-- families that are alike have the last place of them all, so that no name decides
widest as (

    select
        *,
        count(*) over (
            order by holders desc, held_arr desc range between unbounded preceding and current row
        ) as place
    from peers
    where peer_group = 'all'

),

-- a customer is not counted among its own peers
openings as (

    select
        customers.customer_id,
        {%- for column in peer_columns() %}
        customers.{{ column }},
        {%- endfor %}
        customers.arr as customer_arr,
        company.product_family,
        company.customers - 1 as all_customers,
        company.holders as all_holders,
        company.held_arr as all_held_arr
    from today as customers
    cross join widest as company
    left join today as families
        on
            customers.customer_id = families.customer_id
            and company.product_family = families.product_family
            and not families.is_whole_customer
    where
        customers.is_whole_customer
        and company.place <= {{ whitespace_families() }}
        and families.customer_id is null

),

-- the closest group that the customer is known in and that is large enough
placed as (

    select
        openings.*,
        case
            {%- for column in peer_columns() %}
            when openings.{{ column }} = 'unknown' then '{{ groups[loop.index0] }}'
            {%- endfor %}
            when closest.customers - 1 < {{ min_base_logos() }} then '{{ groups[-2:] | first }}'
            else '{{ groups | last }}'
        end as peer_group
    from openings
    inner join peers as closest
        on
            closest.peer_group = '{{ groups | last }}'
            {%- for column in peer_columns() %}
            and openings.{{ column }} = closest.{{ column }}
            {%- endfor %}
            and openings.product_family = closest.product_family

),

grouped as (

    select
        {%- for column in peer_columns() %}
        case
            when peer_group in ({{ quoted_list(groups[loop.index:]) }}) then {{ column }}
            else 'all'
        end as peer_{{ column }},
        {%- endfor %}
        *
    from placed

),

compared as (

    select
        placed.*,
        peers.customers - 1 as peer_customers,
        peers.holders as peer_holders,
        peers.held_arr as peer_held_arr
    from grouped as placed
    inner join peers
        on
            placed.peer_group = peers.peer_group
            and placed.product_family = peers.product_family
            {%- for column in peer_columns() %}
            and placed.peer_{{ column }} = peers.{{ column }}
            {%- endfor %}

),

-- the peers count as they are, and all customers as so many more of them; whole numbers throughout
weighed as (

    select
        *,
        peer_holders * all_customers + {{ whitespace_prior_customers() }} * all_holders
            as likelihood_part,
        all_customers * (peer_customers + {{ whitespace_prior_customers() }}) as likelihood_whole,
        {{ rounded_share(
            'cast(peer_held_arr * all_holders + ' ~ whitespace_prior_customers()
            ~ ' * all_held_arr as ' ~ type_money() ~ ')',
            '1',
            '(all_holders * (peer_holders + ' ~ whitespace_prior_customers() ~ '))'
        ) }} as typical_arr
    from compared

),

estimated as (

    select
        customer_id,
        product_family,
        {%- for column in peer_columns() %}
        {{ column }},
        {%- endfor %}
        customer_arr,
        peer_group,
        cast(peer_customers as bigint) as peer_customers,
        cast(peer_holders as bigint) as peer_holders,
        {{ ratio('peer_holders', 'peer_customers') }} as peer_attach_rate,
        {{ ratio('all_holders', 'all_customers') }} as all_attach_rate,
        {{ ratio('likelihood_part', 'likelihood_whole') }} as likelihood,
        typical_arr,
        {{ rounded_share('typical_arr', 'likelihood_part', 'likelihood_whole') }} as expected_arr
    from weighed

),

final as (

    select
        cast(
            rank() over (order by estimated.expected_arr desc nulls last) as bigint
        ) as expected_arr_rank,
        estimated.customer_id,
        customers.customer_name,
        estimated.product_family,
        {%- for column in peer_columns() %}
        estimated.{{ column }},
        {%- endfor %}
        estimated.customer_arr,
        estimated.peer_group,
        estimated.peer_customers,
        estimated.peer_holders,
        estimated.peer_attach_rate,
        estimated.all_attach_rate,
        estimated.likelihood,
        estimated.typical_arr,
        estimated.expected_arr
    from estimated
    left join customers
        on estimated.customer_id = customers.customer_id

)

select * from final
