-- Grain: one row per counted line, holder and rate: the months in which one customer holds the line
-- at one ARR. A span without months values a line in the month in which it ends.
with holdings as (

    select * from {{ ref(arr_lines()) }}

),

rates as (

    select * from {{ ref('int_currency_rate_spans') }}

),

-- a new rate is booked on the customer of the line in the month before
valued as (

    select
        holdings.*,
        greatest(holdings.from_month_index, rates.from_month_index) as valued_from_month_index,
        case
            when rates.until_month_index <= {{ or_open('holdings.until_month_index') }}
                then rates.until_month_index
            else holdings.until_month_index
        end as valued_until_month_index,
        case
            when rates.from_month_index > holdings.from_month_index then 'fx'
            else holdings.opened_by
        end as valued_by,
        case
            when rates.until_month_index <= {{ or_open('holdings.until_month_index') }} then 'fx'
            else holdings.closed_by
        end as devalued_by,
        coalesce(
            {{ converted_amount(
                'holdings.arr_in_line_currency', 'rates.rate_to_reporting_currency'
            ) }},
            {{ missing_rate_error(
                'holdings.line_id',
                'holdings.currency',
                'greatest(holdings.from_month_index, rates.from_month_index)'
            ) }}
        ) as valued_arr
    from holdings
    inner join rates
        on
            holdings.currency = rates.currency
            and {{ or_open('holdings.until_month_index') }} >= rates.from_month_index
            and holdings.from_month_index < {{ or_open('rates.until_month_index') }}
    where rates.from_month_index <= {{ last_published_month_index() }}

),

final as (

    select
        source_system,
        line_id,
        subscription_id,
        customer_id,
        customer_key,
        product_id,
        product_key,
        product_family,
        tier_key,
        currency,
        currency_key,
        start_date,
        counted_until_date,
        quantity,
        is_contracted_step,
        valued_from_month_index as from_month_index,
        valued_until_month_index as until_month_index,
        valued_by as opened_by,
        devalued_by as closed_by,
        valued_arr as arr
    from valued

)

select * from final
