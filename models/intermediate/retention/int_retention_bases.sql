-- Grain: one row per account, set of rates, span of months with one ARR above zero and one set of
-- segments and owners: what can be a base.
with spans as (

    select * from {{ ref(spans_at_one_rate()) }}

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

final as (

    select
        spans.account_key,
        spans.is_customer,
        spans.is_parent,
        spans.rate_from_month_index,
        spans.rate_until_month_index,
        spans.from_month_index as span_from_month_index,
        {{ or_open('spans.until_month_index') }} as span_until_month_index,
        greatest(spans.from_month_index, coalesce(sets.from_month_index, 0)) as from_month_index,
        least(
            {{ or_open('spans.until_month_index') }}, {{ or_open('sets.until_month_index') }}
        ) as until_month_index,
        spans.arr,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from spans
    left join sets
        on
            -- a group is in the set of its parent
            abs(spans.account_key) = sets.customer_key
            and spans.from_month_index < {{ or_open('sets.until_month_index') }}
            and {{ or_open('spans.until_month_index') }} > sets.from_month_index
    where {{ is_active('spans.arr') }}

)

select * from final
