-- Grain: one row per subscription line, fact that could explain a difference to a billing system,
-- and first month in which it holds.
-- long because every fact that the reconciliations may call on stands in one list
with lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}
    where source_system in ({{ quoted_list(reconciled_systems()) }})

),

counted_lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

waist as (

    select * from {{ ref('int_subscription_lines_unioned') }}

),

carrying_lines as (

    select
        lines.*,
        counted_lines.from_month_index,
        counted_lines.until_month_index,
        counted_lines.counted_until_date,
        counted_lines.is_in_grace,
        waist.periods_per_year_numerator
    from counted_lines
    inner join lines
        on
            counted_lines.source_system = lines.source_system
            and counted_lines.line_id = lines.line_id
    inner join waist
        on
            counted_lines.source_system = waist.source_system
            and counted_lines.line_id = waist.line_id

),

-- the item is back when its next charge starts
charges as (

    select
        *,
        lead(start_date) over (
            partition by source_system, subscription_item_id
            order by start_date nulls last, line_id nulls last
        ) as next_start_date
    from lines
    where
        exclusion_reason is null
        and arr_in_line_currency > 0

),

stretches as (
    {%- for fact, condition, starts in [
        ('in_ledger', 'arr is not null', 'from_month_index'),
        ('before_discount', 'arr > 0', 'from_month_index'),
        ('odd_period', 'periods_per_year_numerator > 12', 'from_month_index'),
        ('late_renewal', 'is_in_grace or counted_until_date > end_date', month_index('end_date')),
        ('notice', 'notice_date is not null', month_index('notice_date')),
    ] %}

    select
        '{{ fact }}' as fact,
        source_system,
        line_id,
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        start_date,
        greatest(from_month_index, {{ starts }}) as from_month_index,
        until_month_index,
        arr
    from carrying_lines
    where {{ condition }}

    union all
    {%- endfor %}

    select
        'pause' as fact,
        source_system,
        line_id,
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        start_date,
        {{ month_index('end_date') }} as from_month_index,
        {{ month_index('next_start_date') }} as until_month_index,
        arr
    from charges
    where ends_in_pause

    union all

    select
        'stopped' as fact,
        source_system,
        line_id,
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        start_date,
        {{ month_index('end_date') }} as from_month_index,
        cast(null as integer) as until_month_index,
        arr
    from charges
    where end_date is not null

    union all

    select
        'left_out' as fact,
        source_system,
        line_id,
        customer_id,
        subscription_id,
        subscription_item_id,
        currency,
        start_date,
        {{ month_index('start_date') }} as from_month_index,
        {{ month_index('end_date') }} as until_month_index,
        coalesce(arr, 0) as arr
    from lines
    where exclusion_reason is not null

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
        arr
    from stretches
    where
        from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > from_month_index)

)

select * from final
