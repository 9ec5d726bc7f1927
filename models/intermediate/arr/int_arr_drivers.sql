-- Grain: one row per customer, product, month and driver: why the ARR of the customer moved.
-- long because every part is taken off in the order of the definition
with balances as (

    select * from {{ ref('int_arr_driver_balances') }}

),

products as (
    {{- products_of_kinds() }}

),

movements as (

    select * from {{ ref('int_arr_movements') }}
    where
        is_customer
        and movement_type not in ('fx', 'transfer')

),

-- the order of the branches is the definition
placed as (

    select
        balances.*,
        movements.movement_type,
        case
            when
                movements.movement_type in ('new', 'reactivation', 'churn', 'opening_balance')
                then movements.movement_type
            when
                balances.is_customer_before
                and not balances.has_family_before
                and balances.has_family_after
                then 'cross_sell'
            when
                balances.has_family_before
                and not balances.has_family_after
                and balances.is_customer_after
                then 'product_drop'
        end as whole_driver,
        balances.dropped_gross > 0
        and balances.added_tier is not null
        and (balances.is_added or balances.is_dropped) as is_swapped
    from balances
    left join movements
        on
            balances.customer_key = movements.account_key
            and balances.month_index = movements.month_index

),

-- seats at the old price; the rest, cross term included, is price or tier
seated as (

    select
        *,
        case
            when is_swapped and is_added and family_rank = 1 and dropped_quantity > 0
                then
                    {{ rounded_share(
                        'dropped_gross', 'added_quantity - dropped_quantity', 'dropped_quantity'
                    ) }}
            when is_added or is_dropped or quantity_before <= 0 then 0
            else
                {{ rounded_share(
                    'gross_before', 'quantity_change - step_quantity_change', 'quantity_before'
                ) }}
        end as seats_change,
        case when is_added or is_dropped then 0 else step_change end as contracted_step_change
    from placed

),

parts as (

    select
        customer_key,
        product_key,
        month_index,
        movement_type,
        whole_driver,
        arr_change,
        cast(seats_change as {{ type_money() }}) as seats_change,
        cast(contracted_step_change as {{ type_money() }}) as contracted_step_change,
        discount_change,
        fx_change,
        transfer_change,
        case
            when is_swapped and dropped_tier = added_tier then 'price'
            when is_added or is_dropped then 'tier'
            when started_tier <> ended_tier then 'tier'
            else 'price'
        end as rest_driver,
        cast(
            gross_change - seats_change - contracted_step_change as {{ type_money() }}
        ) as rest_change
    from seated

),

named as (

    select
        customer_key,
        product_key,
        month_index,
        movement_type,
        whole_driver as driver,
        arr_change
    from parts
    where whole_driver is not null
    {%- for driver, change in {
        "'seats'": 'seats_change',
        "'contracted_step'": 'contracted_step_change',
        "'discount_change'": 'discount_change',
        'rest_driver': 'rest_change',
    }.items() %}

    union all

    select
        customer_key,
        product_key,
        month_index,
        movement_type,
        {{ driver }} as driver,
        {{ change }} as arr_change
    from parts
    where whole_driver is null
    {%- endfor %}
    {%- for driver in ['fx', 'transfer'] %}

    union all

    select
        customer_key,
        product_key,
        month_index,
        '{{ driver }}' as movement_type,
        '{{ driver }}' as driver,
        {{ driver }}_change as arr_change
    from parts
    {%- endfor %}

),

final as (

    select
        accounts.account_id as customer_id,
        products.product_id,
        products.product_family,
        named.month_index,
        named.movement_type,
        named.driver,
        named.arr_change
    from named
    inner join {{ ref('int_account_keys') }} as accounts
        on named.customer_key = accounts.account_key
    inner join products
        on named.product_key = products.product_key
    where named.arr_change <> 0

)

select * from final
