-- Grain: one row per counted line and customer who holds it, with the months of it. A holding
-- without months takes a line over in the month in which the line ends.
with lines as (

    select * from {{ ref('int_arr_lines') }}

),

holders as (

    select * from {{ ref('int_line_customer_spans') }}

),

final as (

    select
        lines.source_system,
        lines.line_id,
        lines.subscription_id,
        lines.product_id,
        lines.product_key,
        lines.product_family,
        lines.tier_key,
        lines.currency,
        lines.currency_key,
        lines.start_date,
        lines.counted_until_date,
        lines.quantity,
        lines.is_contracted_step,
        lines.arr_in_line_currency,
        lines.arr,
        holders.customer_id,
        holders.customer_key,
        greatest(lines.from_month_index, holders.from_month_index) as from_month_index,
        case
            when holders.until_month_index <= {{ or_open('lines.until_month_index') }}
                then holders.until_month_index
            else lines.until_month_index
        end as until_month_index,
        case
            when holders.from_month_index > lines.from_month_index then 'transfer'
            else 'contract'
        end as opened_by,
        case
            when holders.until_month_index <= {{ or_open('lines.until_month_index') }}
                then 'transfer'
            else 'contract'
        end as closed_by
    from lines
    inner join holders
        on
            lines.source_system = holders.source_system
            and lines.line_id = holders.line_id
            and {{ or_open('lines.until_month_index') }} >= holders.from_month_index
            and lines.from_month_index < {{ or_open('holders.until_month_index') }}

)

select * from final
