-- Grain: one row per subscription line, fact that may explain a difference to a billing system, and
-- first month of the fact.
-- long because every fact that the reconciliations use is in one list
{{ config(enabled=is_on('reconciliation', ['invoices'])) }}
{%- set no_month = 'cast(null as integer)' %}
{%- set facts = [
    ('in_ledger', 'is_counted', 'from_month_index', 'until_month_index'),
    ('before_discount', 'is_counted and arr > 0', 'from_month_index', 'until_month_index'),
    (
        'odd_period', 'is_counted and periods_per_year_numerator > 12',
        'from_month_index', 'until_month_index',
    ),
    (
        'late_renewal', 'is_in_grace or counted_until_date > end_date',
        'greatest(from_month_index, ' ~ month_index('end_date') ~ ')', 'until_month_index',
    ),
    (
        'notice', 'is_counted and notice_date is not null',
        'greatest(from_month_index, ' ~ month_index('notice_date') ~ ')', 'until_month_index',
    ),
    (
        'pause', 'is_charge and ends_in_pause',
        month_index('end_date'), month_index('next_start_date'),
    ),
    ('stopped', 'is_charge and end_date is not null', month_index('end_date'), no_month),
    (
        'elsewhere_before', 'is_charge',
        month_index('billed_from_date'), month_index('start_date'),
    ),
    (
        'elsewhere_after', 'is_charge and end_date is not null',
        month_index('end_date'), month_index('billed_until_date'),
    ),
    (
        'left_out', 'exclusion_reason is not null',
        month_index('start_date'), month_index('end_date'),
    ),
] %}
with lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where source_system in ({{ quoted_list(reconciled_systems()) }})

),

counted_lines as (

    select * from {{ ref('int_arr_lines') }}

),

known_lines as (

    select
        lines.*,
        lines.exclusion_reason is null and lines.arr_in_line_currency > 0 as is_charge,
        counted_lines.line_id is not null as is_counted,
        counted_lines.from_month_index,
        counted_lines.until_month_index,
        counted_lines.counted_until_date,
        counted_lines.is_in_grace,
        lines.stated_start_date as billed_from_date,
        lines.stated_end_date as billed_until_date
    from lines
    left join counted_lines
        on
            lines.source_system = counted_lines.source_system
            and lines.line_id = counted_lines.line_id

),

-- a pause ends when the next charge of the item starts
followed_lines as (

    select
        *,
        lead(start_date) over (
            partition by source_system, subscription_item_id, is_charge
            order by start_date nulls last, line_id nulls last
        ) as next_start_date
    from known_lines

),

facts as (
    {%- for fact, condition, first_month, until_month in facts %}

    select
        '{{ fact }}' as fact,
        source_system,
        line_id,
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        start_date,
        {{ first_month }} as from_month_index,
        {{ until_month }} as until_month_index,
        arr
    from followed_lines
    where {{ condition }}
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        fact,
        source_system,
        line_id,
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        start_date,
        from_month_index,
        until_month_index,
        coalesce(arr, 0) as arr
    from facts
    -- a fact that begins when it has ended holds in no month
    where
        from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > from_month_index)

)

select * from final
