-- Grain: one row per finding in subscription lines: they overlap, are alike, or lack something.
-- long because every kind of finding is a branch of its own
with lines as (

    select * from {{ ref('int_subscription_lines_counted') }}

),

all_lines as (

    select * from {{ ref('int_subscription_lines_normalized') }}

),

finding_types as (

    select * from {{ ref('ledger_finding_types') }}

),

customer_ids as (

    select * from {{ ref('int_customer_ids_matched') }}

),

-- lines of one subscription, or of none, that are alike in all that is charged; the first is the
-- original
charges as (

    select
        *,
        min(line_id) over (
            partition by
                source_system,
                source_customer_id,
                nullif(subscription_item_id, line_id),
                product_id,
                tier_key,
                start_date,
                end_date,
                quantity,
                currency,
                arr_in_line_currency
        ) as original_line_id
    from lines
    where arr > 0

),

-- end and id of the line that runs longest of those begun before
covered_charges as (

    select
        *,
        max(
            cast(
                coalesce(end_date, cast('9999-12-31' as date)) as {{ dbt.type_string() }}
            ) || line_id
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

-- two systems call a customer by one id and no CRM account says that it is one company
shared_customer_ids as (

    select
        lines.customer_id,
        min(lines.source_system) as one_system,
        max(lines.source_system) as another_system,
        sum(
            case
                when lines.until_month_index is null then lines.arr
                when lines.until_month_index > {{ last_published_month_index() }} then lines.arr
                else 0
            end
        ) as arr
    from lines
    left join customer_ids
        on
            lines.source_system = customer_ids.source_system
            and lines.source_customer_id = customer_ids.source_customer_id
    where
        lines.customer_id <> 'unknown'
        and not coalesce(customer_ids.is_linked_to_crm, false)
        and not coalesce(customer_ids.is_led_by_another_system, false)
    group by lines.customer_id
    having min(lines.source_system) <> max(lines.source_system)

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
        'duplicate_line' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        original_line_id as related_subject_id,
        from_month_index as month_index,
        arr
    from charges
    where line_id <> original_line_id

    union all

    select
        'shared_customer_id' as finding_type,
        one_system as source_system,
        customer_id,
        customer_id as subject_id,
        another_system as related_subject_id,
        cast(null as integer) as month_index,
        cast(arr as {{ type_money() }}) as arr
    from shared_customer_ids

    union all

    select
        'unknown_product' as finding_type,
        source_system,
        customer_id,
        line_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        from_month_index as month_index,
        arr
    from lines
    where product_id = 'unknown'

    union all

    -- excluded for a fault of the row: the reason is the finding
    select
        finding_types.finding_type,
        all_lines.source_system,
        all_lines.customer_id,
        all_lines.line_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as related_subject_id,
        {{ month_index('all_lines.start_date') }} as month_index,
        all_lines.arr
    from all_lines
    inner join finding_types
        on all_lines.exclusion_reason = finding_types.finding_type

)

select * from final
