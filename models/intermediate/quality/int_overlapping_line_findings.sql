-- Grain: one row per subscription line that repeats or overlaps another one, and kind of finding.
-- long because an overlap within a subscription and an early renewal are found in two ways
{{ config(enabled=is_on('quality')) }}
{%- set subscription %}
        partition by
            lines.source_system, lines.subscription_id, lines.customer_id, lines.product_id
{%- endset %}
with lines as (

    select
        *,
        {{ or_open_date('end_date') }} as until_date
    from {{ ref('int_arr_lines') }}
    where arr > 0

),

-- lines of one subscription, or of none, that are alike in all that is charged; the first is the
-- original
charges as (

    select
        *,
        min(line_id) over (
            partition by
                source_system, source_customer_id, nullif(subscription_item_id, line_id),
                product_id, tier_key, start_date, end_date, quantity, currency,
                arr_in_line_currency
        ) as original_line_id
    from lines

),

-- end and id of the earlier line of the item and product that ends last
covered_charges as (

    select
        *,
        max(
            cast(until_date as {{ dbt.type_string() }}) || line_id
        ) over (
            partition by source_system, subscription_item_id, product_id
            order by start_date asc, line_id asc
            rows between unbounded preceding and 1 preceding
        ) as longest_before
    from charges
    where line_id = original_line_id

),

overlapping_lines as (

    select
        later.source_system,
        later.customer_id,
        later.line_id,
        earlier.line_id as overlapped_line_id,
        later.from_month_index,
        least(earlier.arr, later.arr) as overlapping_arr
    from covered_charges as later
    inner join lines as earlier
        on
            later.source_system = earlier.source_system
            and {{ text_slice('later.longest_before', 11) }} = earlier.line_id
    where
        {{ text_slice('later.longest_before', 1, 10) }}
        > cast(later.start_date as {{ dbt.type_string() }})

),

held_twice as (

    select
        customer_id,
        product_id
    from lines
    group by customer_id, product_id
    having min(subscription_id) <> max(subscription_id)

),

-- one customer may have a product in thousands of subscriptions: each has one first day and one
-- last day, whatever is renewed in between
product_subscriptions as (

    select
        lines.*,
        lines.start_date = min(lines.start_date) over ({{ subscription }}) as begins,
        lines.until_date = max(lines.until_date) over ({{ subscription }}) as ends,
        cast(lines.start_date as {{ dbt.type_string() }}) || lines.source_system || lines.line_id
            as start_key
    from lines
    inner join held_twice
        on
            lines.customer_id = held_twice.customer_id
            and lines.product_id = held_twice.product_id

),

edges as (
    {%- for is_begun, edge, condition in [
        (0, 'end_date', 'ends and end_date is not null'), (1, 'start_date', 'begins'),
    ] %}

    select
        *,
        {{ edge }} as edge_date,
        {{ is_begun }} as is_begun
    from product_subscriptions
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

begun_before as (

    select
        *,
        max(case when is_begun = 1 then start_key end) over (
            partition by customer_id, product_id
            order by edge_date asc, is_begun asc, start_key asc
            rows between unbounded preceding and 1 preceding
        ) as newest_start_key
    from edges

),

-- a customer has one product in two subscriptions for a short time: an early renewal counted twice,
-- or two real subscriptions
overlapping_renewals as (

    select
        earlier.source_system,
        earlier.customer_id,
        earlier.line_id,
        later.line_id as overlapping_line_id,
        later.from_month_index,
        least(earlier.arr, later.arr) as overlapping_arr
    from begun_before as earlier
    inner join product_subscriptions as later
        on
            earlier.newest_start_key = later.start_key
            and earlier.customer_id = later.customer_id
            and earlier.product_id = later.product_id
    where
        earlier.is_begun = 0
        and earlier.subscription_id <> later.subscription_id
        and earlier.end_date <= {{ add_days('later.start_date', early_renewal_report_days()) }}
        and later.until_date > earlier.end_date

),

final as (

    select
        'overlapping_line' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        overlapped_line_id as related_subject_id,
        from_month_index as month_index,
        overlapping_arr as arr
    from overlapping_lines

    union all

    select
        'overlapping_renewal' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        overlapping_line_id as related_subject_id,
        from_month_index as month_index,
        overlapping_arr as arr
    from overlapping_renewals

    union all

    select
        'duplicate_line' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        original_line_id as related_subject_id,
        from_month_index as month_index,
        arr
    from charges
    where line_id <> original_line_id

)

select * from final
