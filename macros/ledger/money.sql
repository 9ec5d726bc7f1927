{#- Exact money: whole numbers, divided once, rounded half away from zero to the cent. Amounts of everyday size are
    computed in 64 bits, which is some forty times faster than wider numbers; larger ones in type_whole(). -#}

{% macro annualised_amount(term_amount, numerator, denominator) -%}
    {#- ARR of one charge: term amount, of type_amount(), x periods per year. numerator and denominator are whole
        numbers, from 1 to 120000 and from 1 to 100 million. -#}
    case
        when abs({{ term_amount }}) < 1000000000
            then {{ arr_ledger.rounded_money(
                term_amount,
                "cast(abs(" ~ term_amount ~ ") * 10000 as bigint) * " ~ numerator,
                "cast(" ~ denominator ~ " as bigint) * 100"
            ) }}
        else {{ arr_ledger.rounded_money(
            term_amount,
            "cast(cast(abs(" ~ term_amount ~ ") as numeric(28, 4)) * 10000 as " ~ arr_ledger.type_whole() ~ ") * "
            ~ numerator,
            "cast(" ~ denominator ~ " as " ~ arr_ledger.type_whole() ~ ") * 100"
        ) }}
    end
{%- endmacro %}

{% macro converted_amount(amount, rate) -%}
    {#- Money in another currency: rounded half away from zero to the cent; null without a rate, which is of type
        numeric(18, 8). A product of 18 digits or fewer costs DuckDB a hundredth of a longer one. -#}
    case
        when abs({{ amount }}) < 999999 and {{ rate }} < 99
            then cast(
                cast({{ amount }} as numeric(8, 2)) * cast({{ rate }} as numeric(10, 8)) as {{ arr_ledger.type_money() }}
            )
        else cast(cast({{ amount }} as numeric(28, 2)) * {{ rate }} as {{ arr_ledger.type_money() }})
    end
{%- endmacro %}

{% macro missing_rate_error(line_id, currency, month_index) -%}
    {#- Stops the query and names what has no rate; stands for a value of money. -#}
    {{ arr_ledger.raise_error(
        "'Line ' || " ~ line_id ~ " || ' is in ' || " ~ currency ~ " || ', which has no month-end rate of ' || "
        ~ arr_ledger.month_text(month_index) ~ " || ': add one to fx_rates'"
    ) }}
{%- endmacro %}

{% macro rounded_share(amount, part, whole) -%}
    {#- amount x part / whole of money and two quantities; whole > 0. -#}
    cast(
        cast(sign({{ part }}) as integer) * {{ arr_ledger.rounded_money(
            amount,
            "cast(abs(" ~ amount ~ ") * 100 as " ~ arr_ledger.type_whole() ~ ") * cast(abs(" ~ part ~ ") * 10000 as "
            ~ arr_ledger.type_whole() ~ ")",
            "cast((" ~ whole ~ ") * 10000 as " ~ arr_ledger.type_whole() ~ ")"
        ) }}
        as {{ arr_ledger.type_money() }}
    )
{%- endmacro %}

{% macro expected_share(amount, share) -%}
    {#- Money times a double between 0 and 1, rounded half away from zero to the cent. In whole cents: engines do not agree
        on the cent of a double that is cast to a decimal. -#}
    cast(
        cast(sign({{ amount }}) as integer)
        * cast(cast(floor(
            cast(abs({{ amount }}) * 100 as {{ arr_ledger.type_double() }}) * ({{ share }}) + 0.5
        ) as bigint) as numeric(18, 0)) * cast(0.01 as numeric(3, 2))
        as {{ arr_ledger.type_money() }}
    )
{%- endmacro %}

{% macro monthly_amount(arr) -%}
    {#- MRR: a twelfth of ARR of type_money(), rounded half away from zero to the cent. -#}
    {%- set whole = arr_ledger.type_whole() -%}
    cast(
        cast(sign({{ arr }}) as integer)
        * cast(
            {{ arr_ledger.whole_division("cast(abs(" ~ arr ~ ") * 100 as " ~ whole ~ ") + 6", "cast(12 as " ~ whole ~ ")") }}
            as numeric(18, 0)
        ) * cast(0.01 as numeric(3, 2))
        as {{ arr_ledger.type_money() }}
    )
{%- endmacro %}

{% macro rounded_money(signed_by, numerator, denominator) -%}
    {#- Money from a quotient of whole numbers, both above zero, that counts cents; the sign is that of signed_by. -#}
    cast(
        cast(sign({{ signed_by }}) as integer)
        * cast(
            {{ arr_ledger.whole_division(
                "2 * " ~ numerator ~ " + " ~ denominator, "2 * " ~ denominator
            ) }} as numeric(18, 0)
        ) * cast(0.01 as numeric(3, 2))
        as {{ arr_ledger.type_money() }}
    )
{%- endmacro %}

{% macro quoted_list(values) -%}
    {#- SQL list of checked texts. -#}
    '{{ values | join("', '") }}'
{%- endmacro %}

{% macro minor_unit(exponent) -%}
    {#- What one minor unit of a currency is worth, by its decimal places; two where none are named. -#}
    case coalesce({{ exponent }}, 2)
            when 0 then cast(1 as numeric(4, 3))
            when 3 then cast(0.001 as numeric(4, 3))
            else cast(0.01 as numeric(4, 3))
        end
{%- endmacro %}

{% macro mrr_of(arr) -%}
    {#- MRR: ARR / 12, a double. -#}
    cast({{ arr }} as {{ arr_ledger.type_double() }}) / 12
{%- endmacro %}
