-- Grain: one row per published month, the last one and every third month before it.
{{ config(enabled=is_on('books')) }}
with spans as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and {{ is_active('arr') }}

),

months as (

    select * from {{ ref('int_ledger_months') }}
    where mod({{ last_published_month_index() }} - month_index, 3) = 0

),

ranked as (

    select
        months.date_month,
        spans.arr,
        row_number() over (
            partition by months.date_month order by spans.arr desc nulls last
        ) as rank_in_all
    from months
    inner join spans
        on
            months.month_index >= spans.from_month_index
            and months.month_index < {{ or_open('spans.until_month_index') }}

),

summed as (

    select
        date_month,
        cast(count(*) as bigint) as customers,
        {%- for customers in [1, 5, 10, 20] %}
        cast(
            sum(case when rank_in_all <= {{ customers }} then arr else 0 end) as {{ type_money() }}
        ) as top_{{ customers }}_arr,
        {%- endfor %}
        -- whole cents: the square of a large ARR is no amount of money
        sum(
            cast(arr * 100 as {{ type_whole() }}) * cast(arr * 100 as {{ type_whole() }})
        ) as squared_cents,
        cast(sum(arr) as {{ type_money() }}) as arr
    from ranked
    group by date_month

),

final as (

    select
        date_month,
        customers,
        arr,
        {%- for customers in [1, 5, 10, 20] %}
        top_{{ customers }}_arr,
        {{ ratio('top_' ~ customers ~ '_arr', 'arr') }} as top_{{ customers }}_share,
        {%- endfor %}
        {{ ratio(
            'squared_cents',
            'cast(100 * arr as ' ~ type_double() ~ ') * cast(100 * arr as ' ~ type_double() ~ ')'
        ) }} as concentration_index
    from summed

)

select * from final
