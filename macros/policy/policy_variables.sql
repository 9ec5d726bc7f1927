{#- One macro per variable of vars.yml: its type, its allowed values, and what a model sees of it. -#}

{% macro known_variables() %}
    {{ return([
        'use_sample_extracts', 'billing_systems', 'crm_systems', 'health_systems',
        'optional_extracts', 'modules', 'as_of_date', 'sample_as_of_date',
        'reporting_timezone', 'fiscal_year_start_month', 'reporting_currency', 'fx_mode', 'hierarchy_mode', 'charge_types_in_arr', 'history_start_date',
        'unusable_arr_limit_percent',
        'deleted_lines', 'custom_billing_end_date_is_inclusive', 'stripe_statuses_without_arr',
        'stripe_pause_behaviors_without_arr', 'stripe_free_time_of_payers_counts', 'stripe_crm_account_metadata_key',
        'stripe_product_family_metadata_key', 'stripe_plan_tier_metadata_key', 'renewal_grace_days',
        'early_renewal_report_days', 'owner_names', 'buyer_roles', 'health_bands', 'health_lead_months', 'health_valid_months',
        'retention_windows', 'min_base_logos', 'segment_columns', 'salesforce_fields', 'stripe_segment_metadata_keys',
        'key_accounts_per_book',
        'opportunity_match_months', 'renewal_opportunity_types',
        'renewal_rate_months', 'renewal_rate_prior_terms', 'forecast_category_percents', 'forecast_category_months',
        'renewal_opportunity_match_days', 'projection_backtest_quarters', 'target_ndr_percent',
        'target_ndr_percents_by_segment', 'sourcing_teams', 'professional_services_bonus_percent',
        'whitespace_prior_customers', 'whitespace_families'
    ]) }}
{% endmacro %}

{% macro refuse_unknown_variables() %}
    {#- A misspelt name in --vars would otherwise be ignored. Variables of other packages are theirs to check. -#}
    {%- if execute and project_name == 'arr_ledger' -%}
        {%- for name in (invocation_args_dict.vars or {}) if name not in arr_ledger.known_variables() -%}
            {{ exceptions.raise_compiler_error(
                "--vars names " ~ tojson(name ~ '') ~ ", which is not a variable of arr_ledger; known: "
                ~ arr_ledger.known_variables() | join(", ") ~ "."
            ) }}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro refuse_bad_variables() %}
    {#- Reads every variable once before anything is built: a model would find a bad value only when its turn comes. -#}
    {%- if execute and project_name == 'arr_ledger' -%}
        {%- do [
            arr_ledger.use_sample_extracts(), arr_ledger.billing_systems(), arr_ledger.crm_systems(),
            arr_ledger.health_systems(), arr_ledger.optional_extracts(), arr_ledger.module_switches(), arr_ledger.as_of(),
            arr_ledger.policy_date('sample_as_of_date'), arr_ledger.reporting_timezone(),
            arr_ledger.fiscal_year_start_month(), arr_ledger.reporting_currency(), arr_ledger.fx_mode(), arr_ledger.hierarchy_mode(),
            arr_ledger.charge_types_in_arr(), arr_ledger.history_start_month_index(),
            arr_ledger.unusable_arr_limit_percent(),
            arr_ledger.deleted_lines(), arr_ledger.custom_billing_end_date_is_inclusive(),
            arr_ledger.stripe_statuses_without_arr(),
            arr_ledger.stripe_pause_behaviors_without_arr(), arr_ledger.stripe_free_time_of_payers_counts(),
            arr_ledger.metadata_key('stripe_crm_account_metadata_key'),
            arr_ledger.metadata_key('stripe_product_family_metadata_key'),
            arr_ledger.metadata_key('stripe_plan_tier_metadata_key'), arr_ledger.renewal_grace_days(),
            arr_ledger.early_renewal_report_days(), arr_ledger.owner_names(), arr_ledger.buyer_roles(), arr_ledger.health_bands(),
            arr_ledger.health_lead_months(), arr_ledger.health_valid_months(),
            arr_ledger.retention_windows(), arr_ledger.min_base_logos(),
            arr_ledger.segment_columns(), arr_ledger.salesforce_fields(), arr_ledger.stripe_segment_metadata_keys(),
            arr_ledger.key_accounts_per_book(), arr_ledger.opportunity_match_months(), arr_ledger.renewal_opportunity_types(),
            arr_ledger.renewal_rate_months(), arr_ledger.renewal_rate_prior_terms(),
            arr_ledger.forecast_category_percents(), arr_ledger.forecast_category_months(), arr_ledger.renewal_opportunity_match_days(),
            arr_ledger.projection_backtest_quarters(), arr_ledger.target_ndr_percent(),
            arr_ledger.target_ndr_percents_by_segment(),
            arr_ledger.sourcing_teams(), arr_ledger.professional_services_bonus_percent(),
            arr_ledger.whitespace_prior_customers(), arr_ledger.whitespace_families()
        ] -%}
    {%- endif -%}
{% endmacro %}

{% macro use_sample_extracts() %}
    {{ return(arr_ledger.policy_boolean('use_sample_extracts')) }}
{% endmacro %}

{% macro billing_systems() %}
    {{ return(arr_ledger.policy_choices('billing_systems', ['stripe', 'custom_billing'])) }}
{% endmacro %}

{% macro crm_systems() %}
    {{ return(arr_ledger.policy_choices('crm_systems', ['salesforce'], may_be_empty=true)) }}
{% endmacro %}

{% macro health_systems() %}
    {{ return(arr_ledger.policy_choices('health_systems', ['custom_health'], may_be_empty=true)) }}
{% endmacro %}

{% macro reporting_timezone() %}
    {%- if arr_ledger.policy_value('reporting_timezone') not in modules.pytz.all_timezones -%}
        {{ arr_ledger.refuse_variable('reporting_timezone', "an IANA time zone such as UTC or America/New_York") }}
    {%- endif -%}
    {{ return(arr_ledger.policy_value('reporting_timezone')) }}
{% endmacro %}

{% macro as_of() %}
    {#- The only clock of the project, as a Python date. -#}
    {%- set given = arr_ledger.policy_date('as_of_date') -%}
    {%- if given is none and arr_ledger.use_sample_extracts() -%}
        {%- set given = arr_ledger.policy_date('sample_as_of_date') -%}
    {%- endif -%}
    {%- if given is none -%}
        {%- set given = run_started_at.astimezone(modules.pytz.timezone(arr_ledger.reporting_timezone())).date() -%}
    {%- endif -%}
    {{ return(given) }}
{% endmacro %}

{% macro as_of_date() %}
    {{ return("cast('" ~ arr_ledger.as_of().isoformat() ~ "' as date)") }}
{% endmacro %}

{% macro last_published_month_index() %}
    {#- The newest month whose last day is on or before as_of_date. -#}
    {%- set day = arr_ledger.as_of() -%}
    {%- set is_month_end = day.day == arr_ledger.days_in_month(day.year, day.month) -%}
    {{ return(day.year * 12 + day.month - (0 if is_month_end else 1)) }}
{% endmacro %}

{% macro history_start_month_index() %}
    {#- The first month of a cut-off history; 0 where the whole history is known: no month comes before it. -#}
    {%- set given = arr_ledger.policy_date('history_start_date') -%}
    {%- if given is not none and given.day != 1 -%}
        {{ arr_ledger.refuse_variable('history_start_date', "the first day of a month, or empty") }}
    {%- endif -%}
    {{ return(0 if given is none else given.year * 12 + given.month) }}
{% endmacro %}

{% macro fiscal_year_start_month() %}
    {#- Read by the boards; marts are by month. -#}
    {{ return(arr_ledger.policy_integer('fiscal_year_start_month', 1, 12)) }}
{% endmacro %}

{% macro reporting_currency() %}
    {{ return(arr_ledger.policy_pattern('reporting_currency', '[A-Z]{3}', "three capital letters of ISO 4217")) }}
{% endmacro %}

{% macro fx_mode() %}
    {{ return(arr_ledger.policy_choice('fx_mode', ['plan_rate', 'month_end_rate'])) }}
{% endmacro %}

{% macro hierarchy_mode() %}
    {{ return(arr_ledger.policy_choice('hierarchy_mode', ['re_presented', 'as_was'])) }}
{% endmacro %}

{% macro charge_types_in_arr() %}
    {{ return(arr_ledger.policy_choices('charge_types_in_arr', ['recurring', 'usage', 'trial'])) }}
{% endmacro %}

{% macro unusable_arr_limit_percent() %}
    {{ return(arr_ledger.policy_integer('unusable_arr_limit_percent', 0, 100)) }}
{% endmacro %}

{% macro counts_trials() %}
    {#- SQL truth value: whether trials are among charge_types_in_arr. -#}
    {{ return('true' if 'trial' in arr_ledger.charge_types_in_arr() else 'false') }}
{% endmacro %}

{% macro deleted_lines() %}
    {{ return(arr_ledger.policy_choice('deleted_lines', ['ended', 'never_existed'])) }}
{% endmacro %}

{% macro custom_billing_end_date_is_inclusive() %}
    {{ return(arr_ledger.policy_boolean('custom_billing_end_date_is_inclusive')) }}
{% endmacro %}

{% macro stripe_statuses_without_arr() %}
    {{ return(arr_ledger.policy_choices(
        'stripe_statuses_without_arr', ['incomplete', 'incomplete_expired', 'paused', 'unpaid', 'past_due']
    )) }}
{% endmacro %}

{% macro stripe_free_time_of_payers_counts() %}
    {{ return(arr_ledger.policy_boolean('stripe_free_time_of_payers_counts')) }}
{% endmacro %}

{% macro stripe_pause_behaviors_without_arr() %}
    {{ return(arr_ledger.policy_choices(
        'stripe_pause_behaviors_without_arr', ['void', 'keep_as_draft', 'mark_uncollectible'], may_be_empty=true
    )) }}
{% endmacro %}

{% macro metadata_key(name) %}
    {{ return(arr_ledger.policy_pattern(name, '[A-Za-z0-9_]{1,40}', "1 to 40 letters, digits and underscores")) }}
{% endmacro %}

{% macro renewal_grace_days() %}
    {{ return(arr_ledger.policy_integer('renewal_grace_days', 0, 366)) }}
{% endmacro %}

{% macro early_renewal_report_days() %}
    {{ return(arr_ledger.policy_integer('early_renewal_report_days', 0, 366)) }}
{% endmacro %}

{% macro retention_windows() %}
    {{ return(arr_ledger.policy_choices('retention_windows', range(1, 61), of='whole numbers from 1 to 60')) }}
{% endmacro %}

{% macro min_base_logos() %}
    {{ return(arr_ledger.policy_integer('min_base_logos', 0, 1000000)) }}
{% endmacro %}

{% macro segment_columns() %}
    {{ return(arr_ledger.policy_columns('segment_columns')) }}
{% endmacro %}

{% macro salesforce_fields() %}
    {#- What of the ledger -> field of Salesforce; '' where Salesforce does not say. -#}
    {%- set fields = {
        'segment': 'segment_c', 'industry': 'industry', 'region': 'region_c', 'csm_owner_id': 'csm_id_c',
        'am_owner_id': 'owner_id', 'sourcing_team': 'sourced_by_c', 'term_months': 'term_months_c'
    } -%}
    {%- do fields.update(arr_ledger.policy_fields(
        'salesforce_fields',
        arr_ledger.segment_columns() + ['csm_owner_id', 'am_owner_id', 'sourcing_team', 'term_months'],
        '([a-z][a-z0-9_]{0,79})?', 'a field of Salesforce in small letters (country_c), or an empty text'
    )) -%}
    {{ return(fields) }}
{% endmacro %}

{% macro salesforce_field(name) %}
    {{ return(arr_ledger.salesforce_fields().get(name, '')) }}
{% endmacro %}

{% macro salesforce_column(name) %}
    {#- The field as a query names it, or null. -#}
    {{ return(arr_ledger.salesforce_field(name) or 'null') }}
{% endmacro %}

{% macro stripe_segment_metadata_keys() %}
    {{ return(arr_ledger.policy_fields(
        'stripe_segment_metadata_keys', arr_ledger.segment_columns(), '[A-Za-z0-9_]{1,40}', 'a key of the metadata of customers'
    )) }}
{% endmacro %}

{% macro stripe_segment_metadata_key(column) %}
    {{ return(arr_ledger.stripe_segment_metadata_keys().get(column, column)) }}
{% endmacro %}

{% macro key_accounts_per_book() %}
    {{ return(arr_ledger.policy_integer('key_accounts_per_book', 1, 1000)) }}
{% endmacro %}

{% macro opportunity_match_months() %}
    {{ return(arr_ledger.policy_integer('opportunity_match_months', 0, 12)) }}
{% endmacro %}

{% macro renewal_opportunity_types() %}
    {{ return(arr_ledger.policy_patterns(
        'renewal_opportunity_types', '[A-Za-z0-9][A-Za-z0-9 &/_.-]{0,79}',
        "a list of opportunity types: letters, digits, spaces and &/_.-, each of 1 to 80"
    )) }}
{% endmacro %}

{% macro sourcing_teams() %}
    {#- Team -> its names in the CRM, in small letters; a name belongs to one team. -#}
    {{ return(arr_ledger.policy_names(
        'sourcing_teams', ['csm', 'account_management', 'professional_services', 'sales', 'self_serve'],
        '[A-Za-z0-9][A-Za-z0-9 &/_.-]{0,79}'
    )) }}
{% endmacro %}

{% macro professional_services_bonus_percent() %}
    {{ return(arr_ledger.policy_number('professional_services_bonus_percent', 0, 100)) }}
{% endmacro %}

{% macro whitespace_prior_customers() %}
    {{ return(arr_ledger.policy_integer('whitespace_prior_customers', 1, 1000)) }}
{% endmacro %}

{% macro whitespace_families() %}
    {{ return(arr_ledger.policy_integer('whitespace_families', 1, 1000)) }}
{% endmacro %}
