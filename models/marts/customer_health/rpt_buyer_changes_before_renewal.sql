-- Grain: one row per term that is open and ends within twelve months, with the buyers who came and
-- left since it began.
{{ config(enabled=is_on('customer_health', ['crm', 'renewals'])) }}
{%- set plural = {
    'user': 'users', 'technical': 'technical_buyers', 'economic': 'economic_buyers',
    'champion': 'champions'
} %}
with terms as (

    select * from {{ ref('int_renewal_outcomes') }}
    where
        outcome = 'open'
        and term_end_date <= {{ add_months(as_of_date(), 12) }}

),

buyers as (

    select * from {{ ref('int_buyers') }}

),

counted as (

    select
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.term_began_date,
        terms.up_for_renewal_arr,
        count(buyers.contact_id) as buyers_known,
        {%- for role in plural %}
        sum(
            case
                when
                    buyers.buyer_role = '{{ role }}'
                    and buyers.joined_date >= terms.term_began_date
                    then 1
                else 0
            end
        ) as {{ plural[role] }}_joined,
        sum(
            case
                when
                    buyers.buyer_role = '{{ role }}'
                    and buyers.left_date >= terms.term_began_date
                    then 1
                else 0
            end
        ) as {{ plural[role] }}_left,
        {%- endfor %}
        sum(
            case when buyers.buyer_role = 'champion' and buyers.left_date is null then 1 else 0 end
        ) as champions_there
    from terms
    left join buyers
        on terms.customer_id = buyers.customer_id
    group by
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.term_began_date,
        terms.up_for_renewal_arr

),

final as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        term_end_date,
        term_began_date,
        cast(up_for_renewal_arr as {{ type_money() }}) as up_for_renewal_arr,
        case
            when buyers_known = 0 then 'unknown'
            when champions_there > 0 then 'champion'
            else 'no_champion'
        end as buyer_coverage,
        {%- for role in plural %}
        case when buyers_known > 0 then cast({{ plural[role] }}_joined as bigint) end
            as {{ plural[role] }}_joined,
        case when buyers_known > 0 then cast({{ plural[role] }}_left as bigint) end
            as {{ plural[role] }}_left,
        {%- endfor %}
        champions_left > 0 as has_champion_left,
        economic_buyers_left > 0 as has_economic_buyer_left,
        technical_buyers_left > 0 as has_technical_buyer_left
    from counted

)

select * from final
