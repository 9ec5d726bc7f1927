-- Grain: one row per account grain, segment, window and month in which a retention sum moves.
with changes as (

    select * from {{ ref('int_retention_changes_segmented') }}

),

segments as (

    select * from {{ ref('int_segment_set_values') }}

),

-- an account may be a customer, a parent or both; books are told of customers alone
grains as (

    select
        'customer' as account_grain,
        true as is_of_customers,
        false as is_book

    union all

    select
        'parent' as account_grain,
        false as is_of_customers,
        false as is_book

    union all

    select
        'book' as account_grain,
        true as is_of_customers,
        true as is_book

),

told as (

    select
        *,
        true as is_of_customers
    from changes
    where is_customer

    union all

    select
        *,
        false as is_of_customers
    from changes
    where is_parent

),

final as (

    select
        grains.account_grain,
        segments.segment_type,
        segments.segment_value,
        told.window_months,
        told.month_index,
        cast(sum(told.base_arr_change) as {{ type_money() }}) as base_arr_change,
        cast(sum(told.base_customers_change) as bigint) as base_customers_change,
        cast(sum(told.net_arr_change) as {{ type_money() }}) as net_arr_change,
        cast(sum(told.gross_arr_change) as {{ type_money() }}) as gross_arr_change,
        cast(sum(told.retained_customers_change) as bigint) as retained_customers_change,
        cast(sum(told.strict_net_arr_change) as {{ type_money() }}) as strict_net_arr_change,
        cast(
            sum(told.strict_gross_arr_change) as {{ type_money() }}
        ) as strict_gross_arr_change,
        cast(sum(told.lowest_arr_change) as {{ type_money() }}) as lowest_arr_change
    from told
    inner join segments
        on told.segment_set_key = segments.segment_set_key
    inner join grains
        on
            told.is_of_customers = grains.is_of_customers
            and segments.is_book = grains.is_book
    group by
        grains.account_grain,
        segments.segment_type,
        segments.segment_value,
        told.window_months,
        told.month_index

)

select * from final
