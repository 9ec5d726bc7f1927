-- Grain: one row per published month and currency of contracts.
-- long because every movement type is a column and the currency has a balance of its own.
with spans as (

    select * from {{ ref('int_arr_spans') }}

),

movements as (

    select
        account_id as customer_id,
        month_index,
        movement_type
    from {{ ref('int_arr_movements') }}
    where
        is_customer
        and movement_type not in ('fx', 'transfer')

),

parts as (

    -- parts that cancel out went from one currency to another
    select
        spans.currency,
        spans.from_month_index as month_index,
        coalesce(movements.movement_type, 'transfer') as movement_type,
        spans.arr_change - spans.fx_change - spans.transfer_change as arr_change
    from spans
    left join movements
        on
            spans.customer_id = movements.customer_id
            and spans.from_month_index = movements.month_index

    union all

    select
        currency,
        from_month_index as month_index,
        'fx' as movement_type,
        fx_change as arr_change
    from spans

    union all

    select
        currency,
        from_month_index as month_index,
        'transfer' as movement_type,
        transfer_change as arr_change
    from spans

),

changes as (

    select
        currency,
        month_index,
        movement_type,
        cast(sum(arr_change) as {{ type_money() }}) as arr_change
    from parts
    group by currency, month_index, movement_type
    having sum(arr_change) <> 0

),

holdings as (

    select * from {{ ref(arr_lines()) }}

),

months as (

    select * from {{ ref('int_ledger_months') }}

),

currencies as (

    select distinct currency
    from changes

),

pivoted as (

    select
        months.date_month,
        months.month_index,
        currencies.currency
        {%- for movement_type in movement_types() %},
        cast(
            sum(
                case
                    when changes.movement_type = '{{ movement_type }}' then changes.arr_change
                    else 0
                end
            ) as {{ type_money() }}
        ) as {{ movement_type }}_arr
        {%- endfor %},
        cast(sum(coalesce(changes.arr_change, 0)) as {{ type_money() }}) as net_new_arr
    from currencies
    cross join months
    left join changes
        on
            currencies.currency = changes.currency
            and months.month_index = changes.month_index
    group by months.date_month, months.month_index, currencies.currency

),

posted as (

    select
        currency,
        from_month_index as month_index,
        arr_in_line_currency as change_in_currency
    from holdings

    union all

    select
        currency,
        until_month_index as month_index,
        -arr_in_line_currency as change_in_currency
    from holdings
    where until_month_index is not null

),

changes_in_currency as (

    select
        currency,
        month_index,
        sum(change_in_currency) as change_in_currency
    from posted
    group by currency, month_index

),

balanced as (

    select
        pivoted.*,
        cast(sum(pivoted.net_new_arr) over (
            partition by pivoted.currency order by pivoted.month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as ending_arr,
        cast(sum(coalesce(changes_in_currency.change_in_currency, 0)) over (
            partition by pivoted.currency order by pivoted.month_index
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as ending_arr_in_currency
    from pivoted
    left join changes_in_currency
        on
            pivoted.currency = changes_in_currency.currency
            and pivoted.month_index = changes_in_currency.month_index

),

final as (

    select
        date_month,
        currency,
        cast(ending_arr - net_new_arr as {{ type_money() }}) as beginning_arr
        {%- for movement_type in movement_types() %},
        {{ movement_type }}_arr
        {%- endfor %},
        net_new_arr,
        ending_arr,
        ending_arr_in_currency
    from balanced

)

select * from final
