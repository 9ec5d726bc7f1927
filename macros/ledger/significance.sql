{#- How far two shares lie apart. -#}

{% macro standard_errors_apart(part_hits, part_size, whole_hits, whole_size) -%}
    {#- The share of hits in a part less that in the rest of the whole, in standard errors of the difference if both
        were one population; null where there is no rest, or no spread. -#}
    {%- set rest_hits = "(" ~ whole_hits ~ " - " ~ part_hits ~ ")" -%}
    {%- set rest_size = "(" ~ whole_size ~ " - " ~ part_size ~ ")" -%}
    {%- set share = arr_ledger.ratio(whole_hits, whole_size) -%}
    {%- set difference = arr_ledger.ratio(part_hits, part_size) ~ " - " ~ arr_ledger.ratio(rest_hits, rest_size) -%}
    {%- set error = "sqrt(" ~ share ~ " * (1 - " ~ share ~ ") * ("
        ~ arr_ledger.ratio(1, part_size) ~ " + " ~ arr_ledger.ratio(1, rest_size) ~ "))" -%}
    {{ arr_ledger.ratio("(" ~ difference ~ ")", error) }}
{%- endmacro %}
