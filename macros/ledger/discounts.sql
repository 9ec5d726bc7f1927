{#- Stripe takes whole minor units off an invoice and spreads them over its items. -#}

{% macro most_stacked_discounts() -%}
    {#- How many discounts are taken off one item after each other; more are a finding, and invoices say what they take off. -#}
    {{ return(6) }}
{%- endmacro %}

{% macro spread_amount(amount, part, total) -%}
    {#- amount x part / total in whole minor units, rounded half away from zero; all of them at least 0, total above 0. -#}
    {%- set whole = arr_ledger.type_whole() -%}
    {%- set product -%}
        cast(({{ amount }}) * 1000000 as {{ whole }}) * cast(({{ part }}) * 1000000 as {{ whole }})
    {%- endset -%}
    {%- set divisor = "cast((" ~ total ~ ") * 1000000 as " ~ whole ~ ") * 1000000" -%}
    cast({{ arr_ledger.whole_division("2 * " ~ product ~ " + " ~ divisor, "2 * " ~ divisor) }} as numeric(24, 6))
{%- endmacro %}

{% macro spread_signed(amount, part, total) -%}
    {#- The same for an amount that may be negative. -#}
    cast(sign({{ amount }}) as integer)
    * {{ arr_ledger.spread_amount('abs(' ~ amount ~ ')', part, total) }}
{%- endmacro %}

{% macro reaches_product(discounts, product_id) -%}
    {#- Whether a discount is of all products or names this one. A product that is not known is in no list. -#}
    (
            {{ discounts }}.restricted_to_products is null
            or {{ discounts }}.restricted_to_products
            like '%,' || coalesce({{ product_id }}, 'unknown') || ',%'
        )
{%- endmacro %}

{% macro spread_by_sign(amount, part, total) -%}
    {#- The same for a part and a total that may be negative as well; the total is not 0. -#}
    cast(sign({{ part }}) * sign({{ total }}) as integer)
    * {{ arr_ledger.spread_signed(amount, 'abs(' ~ part ~ ')', 'abs(' ~ total ~ ')') }}
{%- endmacro %}

{% macro spread_back(amount, part, total, slack) -%}
    {#- amount x part / total of rounded numbers: whole hundreds of minor units where rounding explains the difference, half
        the slack before it is divided by the total; else whole minor units. Part at least 0, total above 0. -#}
    {%- set hundreds = "100 * (" ~ arr_ledger.spread_signed(amount, part, "100 * (" ~ total ~ ")") ~ ")" -%}
    {%- set double = arr_ledger.type_double() -%}
    case
        when
            2 * abs(
                cast({{ hundreds }} as {{ double }}) * {{ total }} - cast({{ amount }} as {{ double }}) * {{ part }}
            ) <= {{ slack }}
            then {{ hundreds }}
        else {{ arr_ledger.spread_signed(amount, part, total) }}
    end
{%- endmacro %}

{% macro billing_period_start(day, anchor, months, days) -%}
    {#- The first day, on or after a day, on which a period of so many months, or else of so many days, begins.
        The anchor is any day on which a period begins. -#}
    {%- set index = arr_ledger.month_index(day) ~ " - " ~ arr_ledger.month_index(anchor) -%}
    {%- set periods = "cast(" ~ arr_ledger.whole_division(index ~ " + 1200 * " ~ months, months) ~ " as integer) - 1200" -%}
    {%- set first = arr_ledger.add_months(anchor, "(" ~ periods ~ ") * " ~ months) -%}
    {%- set passed = arr_ledger.days_between(anchor, day) ~ " + " ~ days ~ " - 1 + 100000 * " ~ days -%}
    {%- set day_periods = "cast(" ~ arr_ledger.whole_division(passed, days) ~ " as integer) - 100000" -%}
    case
            when {{ months }} is null and {{ days }} is null then {{ day }}
            when {{ months }} is null then {{ arr_ledger.add_days(anchor, "(" ~ day_periods ~ ") * " ~ days) }}
            when {{ first }} >= {{ day }} then {{ first }}
            else {{ arr_ledger.add_months(anchor, "(" ~ periods ~ " + 1) * " ~ months) }}
        end
{%- endmacro %}
