{#- Who grows the base: teams as the CRM names them, and what was won and not matched. -#}

{% macro sourcing_team(column) -%}
    {#- The team that sourcing_teams gives to a text of the CRM; null where it gives none. -#}
    {%- set text = "lower(trim(" ~ column ~ "))" -%}
    case
            when {{ column }} is null then null
            {%- for team, names in arr_ledger.sourcing_teams().items() if names %}
            when {{ text }} in ({{ arr_ledger.quoted_list(names) }}) then '{{ team }}'
            {%- endfor %}
            else cast(null as {{ dbt.type_string() }})
        end
{%- endmacro %}

{% macro unmatched_reason() -%}
    {#- Why a row of int_opportunity_matches has no movement. -#}
    case
            when unusable_reason is not null then unusable_reason
            when is_renewal then 'renewal'
            when
                close_month_index + {{ arr_ledger.opportunity_match_months() }}
                > {{ arr_ledger.last_published_month_index() }}
                then 'not_yet_in_ledger'
            else 'won_without_gain'
        end
{%- endmacro %}

{% macro peer_columns() %}
    {#- What makes customers alike: the first two of segment_columns. -#}
    {{ return(arr_ledger.segment_columns()[:2]) }}
{% endmacro %}

{% macro peer_groups() %}
    {#- Groups of customers that are like each other, by what their members share; the widest first. -#}
    {%- set groups = {'all': []} -%}
    {%- for column in arr_ledger.peer_columns() -%}
        {%- set shared = arr_ledger.peer_columns()[:loop.index] -%}
        {%- do groups.update({shared | join('_and_'): shared}) -%}
    {%- endfor -%}
    {{ return(groups) }}
{% endmacro %}

{% macro held_today() -%}
    {#- Product families of customers in the last published month, with their peer columns. -#}
    select
        {%- for column in arr_ledger.peer_columns() %}
        sets.{{ column }},
        {%- endfor %}
        holdings.*
    from {{ ref('int_product_holdings') }} as holdings
    inner join {{ ref('int_segment_sets') }} as sets
        on holdings.segment_set_key = sets.segment_set_key
    where
        holdings.from_month_index <= {{ arr_ledger.last_published_month_index() }}
        and holdings.until_month_index > {{ arr_ledger.last_published_month_index() }}
{%- endmacro %}
