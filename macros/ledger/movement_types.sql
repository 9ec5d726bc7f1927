{% macro movement_types() %}
    {#- The columns of a bridge between beginning and ending, in the order they are read. -#}
    {{ return([
        'opening_balance', 'new', 'reactivation', 'expansion', 'contraction', 'churn', 'fx', 'transfer'
    ]) }}
{% endmacro %}
