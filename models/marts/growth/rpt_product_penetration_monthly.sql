-- Grain: one row per published month, segment with customers in the month and product
-- family with a customer in the month.
-- long because holders are summed from the months in which holding begins and ends
{{ config(enabled=is_on('growth')) }}
with holdings as (

    select * from {{ ref('int_product_holdings') }}

),

set_values as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

sides as (
    {{- sides_listed() }}

),

by_set as (

    select
        holdings.segment_set_key,
        holdings.is_whole_customer,
        holdings.product_family,
        {{ begun_or_ended('holdings.from_month_index', 'holdings.until_month_index') }}
            as month_index,
        sum(sides.sign) as customers,
        sum(sides.sign * holdings.arr) as arr
    from holdings
    cross join sides
    group by
        holdings.segment_set_key,
        holdings.is_whole_customer,
        holdings.product_family,
        {{ begun_or_ended('holdings.from_month_index', 'holdings.until_month_index') }}

),

changes as (

    select
        set_values.segment_type,
        set_values.segment_value,
        by_set.is_whole_customer,
        by_set.product_family,
        by_set.month_index,
        sum(by_set.customers) as customers,
        sum(by_set.arr) as arr
    from by_set
    inner join set_values
        on by_set.segment_set_key = set_values.segment_set_key
    group by
        set_values.segment_type,
        set_values.segment_value,
        by_set.is_whole_customer,
        by_set.product_family,
        by_set.month_index

),

segments as (

    select distinct
        segment_type,
        segment_value
    from changes

),

families as (

    select distinct product_family
    from changes
    where not is_whole_customer

),

summed as (

    select
        months.date_month,
        segments.segment_type,
        segments.segment_value,
        {%- for name, change in {
            'holders': 'of_family.customers',
            'eligible_customers': 'of_customers.customers',
            'product_arr': 'of_family.arr',
        }.items() %}
        sum(coalesce({{ change }}, 0)) over (
            partition by
                segments.segment_type, segments.segment_value, families.product_family
            order by months.month_index
            rows between unbounded preceding and current row
        ) as {{ name }},
        {%- endfor %}
        families.product_family
    from segments
    cross join families
    cross join months
    left join changes as of_family
        on
            segments.segment_type = of_family.segment_type
            and segments.segment_value = of_family.segment_value
            and families.product_family = of_family.product_family
            and months.month_index = of_family.month_index
            and not of_family.is_whole_customer
    left join changes as of_customers
        on
            segments.segment_type = of_customers.segment_type
            and segments.segment_value = of_customers.segment_value
            and months.month_index = of_customers.month_index
            and of_customers.is_whole_customer

),

-- the row of all customers has the most: 0 where no customer has the family
compared as (

    select
        *,
        max(holders) over (partition by date_month, product_family) as most_holders
    from summed

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        product_family,
        cast(holders as bigint) as holders,
        cast(eligible_customers as bigint) as eligible_customers,
        {{ ratio('holders', 'eligible_customers') }} as attach_rate,
        cast(product_arr as {{ type_money() }}) as product_arr
    from compared
    where
        eligible_customers > 0
        and most_holders > 0

)

select * from final
