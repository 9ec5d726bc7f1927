{#- What invariants recompute from and compare, by whole-number keys. Each is a query, for tests alone. -#}

{% macro months_of_customers() -%}
    {#- One row per customer, by its key, and published month from its first ARR on. -#}

    select
        spans.account_key as customer_key,
        months.month_index,
        spans.arr
    from {{ ref('int_account_spans') }} as spans
    inner join {{ ref('int_ledger_months') }} as months
        on
            spans.from_month_index <= months.month_index
            and {{ arr_ledger.or_open('spans.until_month_index') }} > months.month_index
    where spans.is_customer
{%- endmacro %}

{% macro with_customer_key(relation) -%}
    {#- The rows of a relation that has customer_id, each with the key of that customer; null where there is none. -#}

    select
        accounts.account_key as customer_key,
        named.*
    from {{ relation }} as named
    left join {{ ref('int_account_keys') }} as accounts
        on
            named.customer_id = accounts.account_id
            and accounts.is_customer
{%- endmacro %}

{% macro lines_in_force(columns) -%}
    {#- One row per line, customer and months [from, until) at whose ends it is in force at one ARR:
        start <= last day < end, on the account of its customer then; under month-end rates each month is a row of its
        own, valued at the rate landed for its last day. columns: of the lines, beside the customer. -#}
    {%- set as_was = arr_ledger.hierarchy_mode() == 'as_was' %}
    {%- set monthly = arr_ledger.fx_mode() == 'month_end_rate' %}
    {%- set froms = ['months.month_index'] if monthly else [
        arr_ledger.month_index('lines.start_date'), arr_ledger.history_start_month_index()
    ] %}
    {%- set untils = ['months.month_index + 1'] if monthly else [
        'coalesce(' ~ arr_ledger.month_index('lines.counted_until_date') ~ ', ' ~ arr_ledger.open_month_index() ~ ')'
    ] %}
    {%- if as_was %}
    {%- set froms = froms + ['holders.from_month_index'] %}
    {%- set untils = untils + [arr_ledger.or_open('holders.until_month_index')] %}
    {%- endif %}
    {%- set from = 'greatest(' ~ froms | join(', ') ~ ')' if froms | length > 1 else froms[0] %}
    {%- set until = 'least(' ~ untils | join(', ') ~ ')' if untils | length > 1 else untils[0] %}

    select
        {{ 'holders' if as_was else 'lines' }}.customer_key,
        {%- for column in columns %}
        lines.{{ column }},
        {%- endfor %}
        {{ from }} as from_month_index,
        {{ until }} as until_month_index,
        {%- if monthly %}
        case
            when lines.currency = '{{ arr_ledger.reporting_currency() }}' then lines.arr_in_line_currency
            else {{ arr_ledger.converted_amount(
                'lines.arr_in_line_currency', 'rates.rate_to_reporting_currency'
            ) }}
        end as arr
        {%- else %}
        lines.arr
        {%- endif %}
    from {{ ref('int_arr_lines') }} as lines
    {%- if as_was %}
    inner join {{ ref('int_line_customer_spans') }} as holders
        on
            lines.source_system = holders.source_system
            and lines.line_id = holders.line_id
    {%- endif %}
    {%- if monthly %}
    inner join {{ ref('int_calendar_months') }} as months
        on
            months.is_published
            and months.month_index >= {{ arr_ledger.history_start_month_index() }}
            and lines.start_date <= months.last_day_date
            and (lines.counted_until_date > months.last_day_date or lines.counted_until_date is null)
    left join ({{ arr_ledger.landed_month_rates() }}) as rates
        on
            lines.currency = rates.currency
            and months.month_index = rates.month_index
    {%- endif %}
    where {{ from }} < {{ until }}
{%- endmacro %}

{% macro differing_changes(columns, one, other) -%}
    {#- One row per columns and month in which the spans [from, until) of two relations begin or end with other amounts.
        Without such a row both hold the same ARR in every published month. One sum of both: two sums and a join of them
        would cost twice as much. -#}

    select
        {{ columns | join(',\n        ') }},
        month_index,
        sum(one_arr) as {{ one }}_change,
        sum(other_arr) as {{ other }}_change
    from (
        select
            both_sources.*,
            {{ arr_ledger.begun_or_ended('from_month_index', 'until_month_index') }} as month_index,
            sides.sign * one_arr_held as one_arr,
            sides.sign * other_arr_held as other_arr
        from (
            {%- for source in [one, other] %}
            select
                {{ columns | join(',\n                ') }},
                from_month_index,
                until_month_index,
                {{ 'arr' if loop.first else '0' }} as one_arr_held,
                {{ '0' if loop.first else 'arr' }} as other_arr_held
            from {{ source }}
            {{ 'union all' if loop.first }}
            {%- endfor %}
        ) as both_sources
        cross join ({{ arr_ledger.sides_listed() }}) as sides
    ) as compared
    where month_index <= {{ arr_ledger.last_published_month_index() }}
    group by {{ columns | join(', ') }}, month_index
    having sum(one_arr) <> sum(other_arr)
{%- endmacro %}
