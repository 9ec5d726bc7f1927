-- Grain: one row per account grain, segment, window and month in which a retention sum moves.
with changes as (

    select * from {{ ref('int_retention_changes_segmented') }}

),

grains as (

    select 'customer' as account_grain

    union all

    select 'parent' as account_grain

    union all

    select 'book' as account_grain

),

segmented as (
    {%- for segment_type in ['all'] + segment_columns() + book_columns() %}

    select
        changes.*,
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else 'changes.' ~ segment_type }} as segment_value,
        {{ 'true' if segment_type in book_columns() else 'false' }} as is_book
    from changes
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        grains.account_grain,
        segmented.segment_type,
        segmented.segment_value,
        segmented.window_months,
        segmented.month_index,
        cast(sum(segmented.base_arr_change) as {{ type_money() }}) as base_arr_change,
        cast(sum(segmented.base_customers_change) as bigint) as base_customers_change,
        cast(sum(segmented.net_arr_change) as {{ type_money() }}) as net_arr_change,
        cast(sum(segmented.gross_arr_change) as {{ type_money() }}) as gross_arr_change,
        cast(sum(segmented.retained_customers_change) as bigint) as retained_customers_change,
        cast(sum(segmented.strict_net_arr_change) as {{ type_money() }}) as strict_net_arr_change,
        cast(
            sum(segmented.strict_gross_arr_change) as {{ type_money() }}
        ) as strict_gross_arr_change,
        cast(sum(segmented.lowest_arr_change) as {{ type_money() }}) as lowest_arr_change
    from segmented
    inner join grains
        on
            (segmented.is_customer and grains.account_grain = 'customer' and not segmented.is_book)
            or (segmented.is_parent and grains.account_grain = 'parent' and not segmented.is_book)
            or (segmented.is_customer and grains.account_grain = 'book' and segmented.is_book)
    group by
        grains.account_grain,
        segmented.segment_type,
        segmented.segment_value,
        segmented.window_months,
        segmented.month_index

)

select * from final
