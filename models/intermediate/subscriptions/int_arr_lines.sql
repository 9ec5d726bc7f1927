-- Grain: one row per subscription line that carries ARR, with the months it counts in after grace
-- days.
with lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null

),

gaps as (

    select * from {{ ref('int_service_gaps') }}
    where is_bridged

),

graced as (

    select
        lines.*,
        {{ counted_until_date('lines', 'gaps') }} as counted_until_date
    from lines
    left join gaps
        on
            lines.customer_key = gaps.customer_key
            and lines.product_family_key = gaps.product_family_key
            and lines.end_date = gaps.gap_from_date

),

months as (

    select
        *,
        greatest(
            {{ month_index('start_date') }}, {{ history_start_month_index() }}
        ) as from_month_index,
        {{ month_index('counted_until_date') }} as until_month_index,
        end_date is not null and counted_until_date is null as is_in_grace
    from graced

),

final as (

    select
        source_system,
        line_id,
        subscription_id,
        subscription_item_id,
        source_customer_id,
        customer_id,
        customer_key,
        product_id,
        product_key,
        product_family,
        tier_key,
        start_date,
        end_date,
        counted_until_date,
        is_in_grace,
        from_month_index,
        until_month_index,
        -- transfers and new rates are found by models of their modes
        'contract' as opened_by,
        'contract' as closed_by,
        quantity,
        currency,
        currency_key,
        arr_in_line_currency,
        coalesce(arr, {{ raise_error(
            "'Line ' || line_id || ' is in ' || currency || ', which has no "
            ~ fx_mode() | replace('_', ' ') ~ ": add one to fx_rates'"
        ) }}) as arr,
        is_contracted_step,
        source_table,
        source_row_id,
        load_id
    from months
    where
        from_month_index <= {{ last_published_month_index() }}
        and (until_month_index is null or until_month_index > from_month_index)

)

select * from final
