{#- What the reconciliations share. -#}

{% macro reconciled_systems() %}
    {#- Billing systems that are on and whose own MRR or invoices can be landed. -#}
    {{ return(['stripe'] | select('in', arr_ledger.billing_systems()) | list) }}
{% endmacro %}

{% macro reconciled_facts() %}
    {#- The facts of int_reconciliation_facts whose ARR is carried along item by item. -#}
    {{ return([
        'in_ledger', 'before_discount', 'odd_period', 'late_renewal', 'notice', 'pause', 'elsewhere_before',
        'elsewhere_after'
    ]) }}
{% endmacro %}
