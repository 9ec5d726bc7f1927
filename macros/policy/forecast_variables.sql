{#- The variables of the forecast: expected renewals, and what they are compared with. -#}

{% macro renewal_rate_months() %}
    {{ return(arr_ledger.policy_integer('renewal_rate_months', 1, 120)) }}
{% endmacro %}

{% macro renewal_rate_prior_terms() %}
    {{ return(arr_ledger.policy_integer('renewal_rate_prior_terms', 0, 1000000)) }}
{% endmacro %}

{% macro forecast_category_percents() %}
    {{ return(arr_ledger.policy_percents('forecast_category_percents', 100)) }}
{% endmacro %}

{% macro forecast_category_months() %}
    {{ return(arr_ledger.policy_integer('forecast_category_months', 0, 12)) }}
{% endmacro %}

{% macro renewal_opportunity_match_days() %}
    {{ return(arr_ledger.policy_integer('renewal_opportunity_match_days', 0, 366)) }}
{% endmacro %}

{% macro projection_backtest_quarters() %}
    {{ return(arr_ledger.policy_integer('projection_backtest_quarters', 0, 40)) }}
{% endmacro %}

{% macro target_ndr_percent() %}
    {{ return(arr_ledger.policy_integer('target_ndr_percent', 0, 1000)) }}
{% endmacro %}

{% macro target_ndr_percents_by_segment() %}
    {{ return(arr_ledger.policy_percents('target_ndr_percents_by_segment', 1000)) }}
{% endmacro %}
