{#- The variables about buyers and the health of customers, checked as those of policy_variables.sql are. -#}

{% macro buyer_roles() %}
    {#- Buyer role -> the roles of contacts, as the CRM writes them, that mean it. -#}
    {%- set roles = ['user', 'technical', 'economic', 'champion'] -%}
    {%- set wording = "lists of contact roles under " ~ roles | join(", ")
        ~ ": letters, digits, spaces and &/_.-, each of 1 to 80 and under one of them" -%}
    {%- set given = arr_ledger.policy_value('buyer_roles') -%}
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

{% macro owner_names() %}
    {{ return(arr_ledger.policy_choice('owner_names', ['shown', 'hidden'])) }}
{% endmacro %}

{% macro shown_owner_name(column) -%}
    {#- The name of an employee, or null where owner_names hides it. -#}
    {{ column if arr_ledger.owner_names() == 'shown' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
{%- endmacro %}

{% macro health_bands() %}
    {#- Measure -> [below it is low, from it on is high]. -#}
    {%- set measures = ['score', 'adoption', 'nps'] -%}
    {%- set wording = "under each of " ~ measures | join(", ") ~ " two whole numbers from -100 to 100, the first the smaller" -%}
    {%- set given = arr_ledger.policy_value('health_bands') -%}
    {%- if given is not mapping or given.keys() | sort | list != measures | sort -%}
        {{ arr_ledger.refuse_variable('health_bands', wording) }}
    {%- endif -%}
    {%- for limits in given.values() -%}
        {%- if limits is string or limits is mapping or limits is not iterable or limits | length != 2 -%}
            {{ arr_ledger.refuse_variable('health_bands', wording) }}
        {%- endif -%}
        {%- for limit in limits if limit is not integer or limit is boolean or limit < -100 or limit > 100 -%}
            {{ arr_ledger.refuse_variable('health_bands', wording) }}
        {%- endfor -%}
        {%- if limits[0] >= limits[1] -%}
            {{ arr_ledger.refuse_variable('health_bands', wording) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}

{% macro health_lead_months() %}
    {{ return(arr_ledger.policy_integer('health_lead_months', 0, 24)) }}
{% endmacro %}

{% macro health_valid_months() %}
    {{ return(arr_ledger.policy_integer('health_valid_months', 1, 60)) }}
{% endmacro %}
