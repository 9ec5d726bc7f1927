{#- Which models are part of the project: one switch per module, off by itself where its input is missing. -#}

{% macro modules_and_needs() %}
    {#- Every module that can be off, with what all of its models need: an input or another module. -#}
    {{ return({
        'crm': ['crm_system'],
        'renewals': [],
        'forecast': ['renewals'],
        'growth': [],
        'books': [],
        'customer_health': [],
        'reconciliation': [],
        'restatements': ['closings'],
        'comparison': [],
        'quality': []
    }) }}
{% endmacro %}

{% macro has_input(name) %}
    {#- Whether an input is there, read off the variables of the systems that are on. A CRM system counts as there, without
        rows, where its module is asked for. -#}
    {{ return({
        'crm_system': arr_ledger.crm_systems() | length > 0 or arr_ledger.module_switches().get('crm') is true,
        'health_system': arr_ledger.health_systems() | length > 0,
        'invoices': arr_ledger.reconciled_systems() | length > 0,
        'closings': 'closings' in arr_ledger.optional_extracts(),
        'post_sale_expenses': 'post_sale_expenses' in arr_ledger.optional_extracts()
    }[name]) }}
{% endmacro %}

{% macro is_on(module, needs=[]) %}
    {#- Whether a model of a module is part of the project: each need of the module and of the model is there.
        The variable modules decides first: false leaves the module out, true asks for no input. -#}
    {%- set given = arr_ledger.module_switches().get(module) -%}
    {%- if given is false -%}
        {{ return(false) }}
    {%- endif -%}
    {%- for need in arr_ledger.modules_and_needs().get(module, []) + needs -%}
        {%- if need in arr_ledger.modules_and_needs() -%}
            {%- if not arr_ledger.is_on(need) -%}
                {{ return(false) }}
            {%- endif -%}
        {%- elif given is none and not arr_ledger.has_input(need) -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(true) }}
{% endmacro %}

{% macro module_switches() %}
    {%- set given = arr_ledger.policy_value('modules') -%}
    {%- set names = arr_ledger.modules_and_needs() | list -%}
    {%- set allowed = "a mapping of modules (" ~ names | join(", ") ~ ") to true or false" -%}
    {%- if given is not mapping -%}
        {{ arr_ledger.refuse_variable('modules', allowed) }}
    {%- endif -%}
    {%- for module, switch in given.items() if module not in names or switch is not boolean -%}
        {{ arr_ledger.refuse_variable('modules', allowed) }}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}

{% macro optional_extracts() %}
    {{ return(arr_ledger.policy_choices('optional_extracts', ['closings', 'post_sale_expenses'], may_be_empty=true)) }}
{% endmacro %}
