{% macro charge_types() %}
    {#- What a charge can be; a line of any other word is excluded and reported. -#}
    {{ return(['recurring', 'one_time', 'usage', 'trial', 'services']) }}
{% endmacro %}
