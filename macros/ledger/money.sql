{#- Exact money: whole numbers, divided once, rounded half away from zero to the cent. -#}

{% macro rounded_share(amount, part, whole) -%}
    {#- amount x part / whole in money, all three exact; whole > 0. Rounds half away from zero; null where whole is null. -#}
    {%- set product -%}
        cast(abs({{ amount }}) * 1000000 as {{ arr_ledger.type_whole() }})
        * cast(abs({{ part }}) * 10000 as {{ arr_ledger.type_whole() }})
    {%- endset -%}
    {%- set divisor -%}
        cast(({{ whole }}) * 10000 as {{ arr_ledger.type_whole() }}) * 10000
    {%- endset -%}
    cast(
        case when ({{ amount }}) < 0 then -1 else 1 end * case when ({{ part }}) < 0 then -1 else 1 end * cast(
            {{ arr_ledger.whole_division("2 * " ~ product ~ " + " ~ divisor, "2 * " ~ divisor) }}
            as numeric(18, 0)
        ) * cast(0.01 as numeric(3, 2))
        as {{ arr_ledger.type_money() }}
    )
{%- endmacro %}

{% macro annualised_amount(term_amount, numerator, denominator) -%}
    {#- ARR of one charge: term amount x periods per year, rounded half away from zero to the cent.
        numerator and denominator are whole numbers above 0. -#}
    {%- set product -%}
        cast(abs({{ term_amount }}) * 1000000 as {{ arr_ledger.type_whole() }}) * {{ numerator }}
    {%- endset -%}
    {%- set divisor -%}
        cast({{ denominator }} as {{ arr_ledger.type_whole() }}) * 10000
    {%- endset -%}
    cast(
        case when {{ term_amount }} < 0 then -1 else 1 end * cast(
            {{ arr_ledger.whole_division("2 * " ~ product ~ " + " ~ divisor, "2 * " ~ divisor) }}
            as numeric(18, 0)
        ) * cast(0.01 as numeric(3, 2))
        as {{ arr_ledger.type_money() }}
    )
{%- endmacro %}

{% macro quoted_list(values) -%}
    {#- SQL list of checked texts. -#}
    '{{ values | join("', '") }}'
{%- endmacro %}
