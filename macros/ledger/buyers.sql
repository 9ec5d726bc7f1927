{#- What the CRM calls a person at a customer, and what the project makes of it. -#}

{% macro buyer_role(contact_role) -%}
    {#- user, technical, economic or champion; null for a role that buyer_roles does not name. -#}
    case
        {%- for role, names in arr_ledger.buyer_roles().items() if names %}
        when lower(trim({{ contact_role }})) in ({{ arr_ledger.quoted_list(names | map('lower') | list) }}) then '{{ role }}'
        {%- endfor %}
    end
{%- endmacro %}
