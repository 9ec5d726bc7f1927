{#- Who looks after a customer. -#}

{% macro renewal_bands() %}
    {#- Bands of an ARR by when it comes up next, in the order they are read. -#}
    {{ return(['in_grace', 'months_0_3', 'months_3_6', 'months_6_9', 'months_9_12', 'later', 'month_to_month']) }}
{% endmacro %}

{% macro book_columns() %}
    {#- The columns of int_customer_trait_spans that define a book. -#}
    {{ return(['csm_owner_id', 'am_owner_id', 'coverage']) }}
{% endmacro %}
