{#- The variables about buyers, checked as those of policy_variables.sql are. -#}

{% macro buyer_roles() %}
    {#- Buyer role -> the roles of contacts, as the CRM writes them, that mean it. -#}
    {%- set roles = ['user', 'technical', 'economic', 'champion'] -%}
    {%- set wording = "lists of contact roles under " ~ roles | join(", ")
        ~ ": letters, digits, spaces and &/_.-, each of 1 to 80 and under one of them" -%}
    {%- set given = var('buyer_roles') -%}
    {%- if given is not mapping or given.keys() | sort | list != roles | sort -%}
        {{ arr_ledger.refuse_variable('buyer_roles', wording) }}
    {%- endif -%}
    {%- set seen = [] -%}
    {%- for names in given.values() -%}
        {%- if names is string or names is mapping or names is not iterable -%}
            {{ arr_ledger.refuse_variable('buyer_roles', wording) }}
        {%- endif -%}
        {%- for name in names -%}
            {%- if name is not string or not modules.re.fullmatch('[A-Za-z0-9]([A-Za-z0-9 &/_.-]{0,78}[A-Za-z0-9&/_.-])?', name)
                or name | lower in seen -%}
                {{ arr_ledger.refuse_variable('buyer_roles', wording) }}
            {%- endif -%}
            {%- do seen.append(name | lower) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}
