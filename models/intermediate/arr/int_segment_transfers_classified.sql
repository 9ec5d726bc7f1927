-- Grain: one row per customer, segment or book column, month and value: the opening ARR that a
-- customer takes with it when it leaves a segment or book (negative) or enters one (positive). Sums
-- to zero over the values of a column.
with spans as (

    select * from {{ ref('int_account_arr_spans') }}
    where is_customer

),

traits as (

    select * from {{ ref('int_customer_traits_spanned') }}

),

changed_segments as (
    {%- for segment_type in segment_columns() + book_columns() %}

    select
        entered.customer_id,
        '{{ segment_type }}' as segment_type,
        entered.from_month_index as month_index,
        was_in.{{ segment_type }} as old_value,
        entered.{{ segment_type }} as new_value
    from traits as entered
    inner join traits as was_in
        on
            entered.customer_id = was_in.customer_id
            and entered.from_month_index = was_in.until_month_index
            and entered.{{ segment_type }} <> was_in.{{ segment_type }}
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

carried as (

    select
        changed_segments.customer_id,
        changed_segments.segment_type,
        changed_segments.month_index,
        changed_segments.old_value,
        changed_segments.new_value,
        spans.arr
    from changed_segments
    inner join spans
        on
            changed_segments.customer_id = spans.account_id
            and changed_segments.month_index > spans.from_month_index
            and changed_segments.month_index
            <= coalesce(spans.until_month_index, {{ open_month_index() }})
    where
        spans.arr <> 0
        and changed_segments.month_index <= {{ last_published_month_index() }}

),

final as (

    select
        customer_id,
        segment_type,
        old_value as segment_value,
        month_index,
        cast(-arr as {{ type_money() }}) as arr_change
    from carried

    union all

    select
        customer_id,
        segment_type,
        new_value as segment_value,
        month_index,
        arr as arr_change
    from carried

)

select * from final
