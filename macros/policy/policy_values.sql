{#- One checked reader per type. Every variable passes through one of these: nothing a user types reaches SQL unchecked. -#}

{% macro policy_value(name) %}
    {#- What a variable is set to; in a project that installs arr_ledger and does not set it, the default. -#}
    {{ return(var(name) if var.has_var(name) else arr_ledger.policy_defaults()[name]) }}
{% endmacro %}

{% macro refuse_variable(name, allowed) %}
    {%- if arr_ledger.policy_value(name) is none -%}
        {{ exceptions.raise_compiler_error(
            "Variable " ~ name ~ " is not set; allowed: " ~ allowed ~ ". Set it in vars.yml or in --vars."
        ) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        "Variable " ~ name ~ " is " ~ tojson(arr_ledger.policy_value(name) ~ '') ~ "; allowed: " ~ allowed
        ~ ". Change it in vars.yml or in --vars."
    ) }}
{% endmacro %}

{% macro policy_choice(name, allowed) %}
    {%- if arr_ledger.policy_value(name) not in allowed -%}
        {{ arr_ledger.refuse_variable(name, "one of " ~ allowed | join(", ")) }}
    {%- endif -%}
    {{ return(arr_ledger.policy_value(name)) }}
{% endmacro %}

{% macro policy_choices(name, allowed, may_be_empty=false, of=none) %}
    {#- `of` says what is allowed where a list of it would be long. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- set wording = "a list of " ~ (of or allowed | join(", ")) ~ ", each at most once" -%}
    {%- if given is string or given is mapping or given is not iterable -%}
        {{ arr_ledger.refuse_variable(name, wording) }}
    {%- elif not may_be_empty and given | length == 0 -%}
        {{ arr_ledger.refuse_variable(name, wording ~ ", and at least one") }}
    {%- endif -%}
    {#- 12.0 and true are among the whole numbers to Python, and would reach SQL as they are -#}
    {%- for value in given if value not in allowed or value is float or value is boolean -%}
        {{ arr_ledger.refuse_variable(name, wording) }}
    {%- endfor -%}
    {%- if given | unique(case_sensitive=true) | list | length != given | length -%}
        {{ arr_ledger.refuse_variable(name, wording) }}
    {%- endif -%}
    {{ return(given) }}
{% endmacro %}

{% macro policy_integer(name, low, high) %}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- if given is not integer or given is boolean or given < low or given > high -%}
        {{ arr_ledger.refuse_variable(name, "a whole number from " ~ low ~ " to " ~ high) }}
    {%- endif -%}
    {{ return(given) }}
{% endmacro %}

{% macro policy_boolean(name) %}
    {%- if arr_ledger.policy_value(name) is not boolean -%}
        {{ arr_ledger.refuse_variable(name, "true or false") }}
    {%- endif -%}
    {{ return(arr_ledger.policy_value(name)) }}
{% endmacro %}

{% macro policy_date(name) %}
    {#- A date, or none where the variable is empty. -#}
    {%- set given = (arr_ledger.policy_value(name) if arr_ledger.policy_value(name) is not none else '') ~ '' -%}
    {%- if given == '' -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set wording = "a date from 1990-01-01 to 2100-12-31, written YYYY-MM-DD" -%}
    {%- if not modules.re.fullmatch('(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', given) -%}
        {{ arr_ledger.refuse_variable(name, wording) }}
    {%- endif -%}
    {%- set year, month, day = given[:4] | int, given[5:7] | int, given[8:] | int -%}
    {%- if year < 1990 or day > arr_ledger.days_in_month(year, month) -%}
        {{ arr_ledger.refuse_variable(name, wording) }}
    {%- endif -%}
    {{ return(modules.datetime.date(year, month, day)) }}
{% endmacro %}

{% macro policy_pattern(name, pattern, allowed) %}
    {%- if arr_ledger.policy_value(name) is not string or not modules.re.fullmatch(pattern, arr_ledger.policy_value(name)) -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endif -%}
    {{ return(arr_ledger.policy_value(name)) }}
{% endmacro %}

{% macro policy_patterns(name, pattern, allowed) %}
    {#- A list of texts, each of which fits the pattern. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- if given is string or given is mapping or given is not iterable -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endif -%}
    {%- for value in given if value is not string or not modules.re.fullmatch(pattern, value) -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}

{% macro policy_columns(name) %}
    {#- A list of names of columns that a company gives, none of which a mart has for itself. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- set taken = [
        'all', 'product_family', 'csm_owner_id', 'am_owner_id', 'coverage', 'customer_id', 'customer_name',
        'parent_customer_id', 'parent_source_customer_id', 'merged_into_source_customer_id', 'source_customer_id',
        'source_system', 'crm_account_id', 'crm_system', 'account_id', 'account_name', 'parent_account_id',
        'merged_into_account_id', 'account_owner_id', 'created_date', 'merged_date', 'valid_from', 'valid_from_date',
        'load_id', 'is_contradicted', 'is_deleted', 'is_active_version', 'is_in_crm', 'is_current_customer', 'is_retained',
        'is_unbroken', 'is_unknown', 'created_at', 'synced_at', 'version_started_at', 'version_ended_at', 'version_number',
        'from_month_index', 'until_month_index', 'segment_set_key', 'set_number', 'segment_type', 'segment_value',
        'date_month', 'first_arr_month', 'movement_type', 'window_months', 'arr', 'mrr', 'arr_change', 'mrr_change', 'customers',
        'customers_change', 'base_arr', 'base_customers', 'net_retained_arr', 'gross_retained_arr', 'retained_customers',
        'current_arr', 'customer_arr', 'peer_group', 'peer_customers', 'peer_holders', 'expected_arr', 'typical_arr',
        'likelihood', 'metadata', 'name', 'id', 'merged_into_customer_id', 'is_listed', 'is_whole_customer',
        'is_billed_by_stripe', 'is_billed_by_custom_billing', 'record_key', 'start_month_index', 'expected_arr_rank',
        'all_attach_rate', 'peer_attach_rate',
        'analyse', 'analyze', 'and', 'anti', 'any', 'array', 'as', 'asc', 'asof', 'asymmetric', 'at', 'authorization',
        'binary', 'both', 'by', 'case', 'cast', 'check', 'collate', 'collation', 'column', 'concurrently',
        'constraint', 'create', 'cross', 'current_date', 'current_time', 'current_timestamp', 'current_user', 'date',
        'default', 'deferrable', 'desc', 'describe', 'distinct', 'do', 'else', 'end', 'except', 'false', 'fetch',
        'for', 'foreign', 'freeze', 'from', 'full', 'glob', 'grant', 'group', 'having', 'ilike', 'in', 'initially',
        'inner', 'intersect', 'into', 'is', 'isnull', 'join', 'lambda', 'lateral', 'leading', 'left', 'like', 'limit',
        'natural', 'not', 'notnull', 'null', 'offset', 'on', 'only', 'or', 'order', 'outer', 'over', 'overlaps',
        'partition', 'pivot', 'pivot_longer', 'pivot_wider', 'placing', 'positional', 'primary', 'qualify',
        'references', 'returning', 'right', 'select', 'semi', 'session_user', 'show', 'similar', 'some', 'summarize',
        'symmetric', 'table', 'tablesample', 'then', 'to', 'trailing', 'true', 'union', 'unique', 'unpack', 'unpivot',
        'user', 'using', 'variadic', 'verbose', 'when', 'where', 'window', 'with'
    ] -%}
    {%- set allowed = "a list of column names (small letters, digits and underscores, a letter first, at most 40), each at"
        ~ " most once, none of which is a word of SQL or a column that marts have already" -%}
    {%- if given is string or given is mapping or given is not iterable -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endif -%}
    {%- for value in given if value is not string or not modules.re.fullmatch('[a-z][a-z0-9_]{0,39}', value) or value in taken -%}
        {{ arr_ledger.refuse_variable(name, allowed ~ ', so not ' ~ value) }}
    {%- endfor -%}
    {%- if given | unique(case_sensitive=true) | list | length != given | length -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endif -%}
    {{ return(given) }}
{% endmacro %}

{% macro policy_fields(name, keys, pattern, wording) %}
    {#- A mapping of some of the keys to texts that fit the pattern. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- set allowed = "for any of " ~ keys | join(", ") ~ " " ~ wording -%}
    {%- if given is not mapping -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endif -%}
    {%- for key, text in given.items() if
        key not in keys or text is not string or not modules.re.fullmatch(pattern, text) -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}

{% macro policy_percents(name, highest) %}
    {#- A mapping of texts to percents, as a mapping. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- set allowed = "a mapping of texts (letters, digits, spaces and &/_.-, each of 1 to 80) to percents from 0 to " ~ highest -%}
    {%- if given is not mapping -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endif -%}
    {%- for text, percent in given.items() if
        text is not string or not modules.re.fullmatch('[A-Za-z0-9][A-Za-z0-9 &/_.-]{0,79}', text)
        or percent is not number or percent is boolean or not (percent >= 0 and percent <= highest) -%}
        {{ arr_ledger.refuse_variable(name, allowed) }}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}

{% macro policy_number(name, low, high) %}
    {#- A number with at most four decimals, as SQL writes it. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- if given is not number or given is boolean or not (low <= given <= high)
        or (given * 10000) | round | int != (given * 10000) | round(6) -%}
        {{ arr_ledger.refuse_variable(name, "a number from " ~ low ~ " to " ~ high ~ " with at most four decimals") }}
    {%- endif -%}
    {{ return('%.4f' | format(given)) }}
{% endmacro %}

{% macro policy_names(name, keys, pattern) %}
    {#- Key -> list of texts that fit the pattern, in small letters; no text twice, capitals or not. -#}
    {%- set given = arr_ledger.policy_value(name) -%}
    {%- set wording = "for each of " ~ keys | join(", ")
        ~ " a list of texts: letters, digits, spaces and &/_.-, each of 1 to 80 and in one list only" -%}
    {%- if given is not mapping -%}
        {{ arr_ledger.refuse_variable(name, wording) }}
    {%- endif -%}
    {%- set lists, seen = {}, [] -%}
    {%- for key, texts in given.items() -%}
        {%- if key not in keys or texts is string or texts is mapping or texts is not iterable -%}
            {{ arr_ledger.refuse_variable(name, wording) }}
        {%- endif -%}
        {%- do lists.update({key: []}) -%}
        {%- for text in texts -%}
            {%- if text is not string or not modules.re.fullmatch(pattern, text) or text | trim | lower in seen -%}
                {{ arr_ledger.refuse_variable(name, wording) }}
            {%- endif -%}
            {%- do seen.append(text | trim | lower) -%}
            {%- do lists[key].append(text | trim | lower) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(lists) }}
{% endmacro %}
