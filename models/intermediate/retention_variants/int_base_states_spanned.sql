-- Grain: one row per customer and stretch of months in which it would be the same thing to a base:
-- a part of it, not won yet, or gone for the time being.
with spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where is_customer

),

segments as (

    select * from {{ ref('int_customer_segment_sets') }}

),

-- all months before the first change of a customer
beginnings as (

    select
        account_id,
        min(from_month_index) as until_month_index
    from spans
    group by account_id

),

final as (

    select
        account_id,
        0 as from_month_index,
        until_month_index,
        'won' as customer_state,
        cast(0 as {{ type_money() }}) as arr,
        {{ unknown_segment_set() }} as segment_set_key
    from beginnings

    union all

    select
        spans.account_id,
        greatest(
            spans.from_month_index,
            coalesce(segments.from_month_index, spans.from_month_index)
        ) as from_month_index,
        least(
            coalesce(spans.until_month_index, {{ open_month_index() }}),
            coalesce(segments.until_month_index, {{ open_month_index() }})
        ) as until_month_index,
        -- below zero before it was ever above is not won yet
        case
            when {{ is_active('spans.arr') }} then 'base'
            when spans.from_month_index > spans.first_month_index then 'returned'
            else 'won'
        end as customer_state,
        spans.arr,
        coalesce(segments.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from spans
    left join segments
        on
            spans.account_id = segments.customer_id
            and spans.from_month_index
            < coalesce(segments.until_month_index, {{ open_month_index() }})
            and coalesce(spans.until_month_index, {{ open_month_index() }})
            > segments.from_month_index

)

select * from final
