-- Grain: one row per customer that ever had ARR: its cohort (first month), ARR and set of
-- segments of that month.
with spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

final as (

    select
        spans.account_key as customer_key,
        spans.first_month_index as cohort_month_index,
        spans.arr as cohort_arr,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from spans
    {{ segment_set_at('spans', 'sets', 'spans.first_month_index', 'account_key') }}
    where spans.from_month_index = spans.first_month_index

)

select * from final
