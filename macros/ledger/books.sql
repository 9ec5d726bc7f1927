{#- Who looks after a customer. -#}

{% macro book_columns() %}
    {#- The columns of int_customer_traits_spanned by which books are told apart. -#}
    {{ return(['csm_owner_id', 'am_owner_id', 'coverage']) }}
{% endmacro %}
