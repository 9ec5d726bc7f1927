{#- Stripe takes whole minor units off an invoice and spreads them over its items. -#}

{% macro spread_amount(amount, part, total) -%}
    {#- amount x part / total in whole minor units, rounded half away from zero; all of them at least 0, total above 0. -#}
    {%- set whole = arr_ledger.type_whole() -%}
    {%- set product -%}
        cast(({{ amount }}) * 1000000 as {{ whole }}) * cast(({{ part }}) * 1000000 as {{ whole }})
    {%- endset -%}
    {%- set divisor = "cast((" ~ total ~ ") * 1000000 as " ~ whole ~ ") * 1000000" -%}
    cast({{ arr_ledger.whole_division("2 * " ~ product ~ " + " ~ divisor, "2 * " ~ divisor) }} as numeric(24, 6))
{%- endmacro %}
