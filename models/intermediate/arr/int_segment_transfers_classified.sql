-- Grain: one row per customer, month and set of segments and owners: the opening ARR that it takes
-- with it when it leaves a set (negative) or enters one (positive). Sums to zero.
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

carried as (

    select
        entered.customer_key,
        entered.from_month_index as month_index,
        was_in.segment_set_key as old_segment_set_key,
        entered.segment_set_key as new_segment_set_key,
        spans.arr
    from sets as entered
    inner join sets as was_in
        on
            entered.customer_key = was_in.customer_key
            and entered.from_month_index = was_in.until_month_index
    inner join spans
        on
            entered.customer_key = spans.account_key
            and entered.from_month_index > spans.from_month_index
            and entered.from_month_index <= {{ or_open('spans.until_month_index') }}
    where
        spans.arr <> 0
        and entered.segment_set_key <> was_in.segment_set_key
        and entered.from_month_index <= {{ last_published_month_index() }}

),

final as (

    select
        customer_key,
        old_segment_set_key as segment_set_key,
        month_index,
        cast(-arr as {{ type_money() }}) as arr_change,
        case when {{ is_active('arr') }} then -1 else 0 end as customers_change
    from carried

    union all

    select
        customer_key,
        new_segment_set_key as segment_set_key,
        month_index,
        arr as arr_change,
        case when {{ is_active('arr') }} then 1 else 0 end as customers_change
    from carried

)

select * from final
