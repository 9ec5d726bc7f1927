{#- The value of each variable in a project that installs arr_ledger and does not set it: dbt reads the vars.yml of the
    project that runs and of no other. Those of vars.yml, but for the sample; tests/python/test_policy_variables.py
    compares them. -#}

{% macro policy_defaults() %}
    {{ return({
        'use_sample_extracts': false,
        'billing_systems': ['stripe', 'custom_billing'],
        'crm_systems': ['salesforce'],
        'health_systems': ['custom_health'],
        'optional_extracts': ['closings', 'post_sale_expenses'],
        'modules': {},
        'as_of_date': '',
        'sample_as_of_date': '2026-06-30',
        'reporting_timezone': 'UTC',
        'fiscal_year_start_month': 1,
        'reporting_currency': 'USD',
        'fx_mode': 'plan_rate',
        'hierarchy_mode': 're_presented',
        'charge_types_in_arr': ['recurring'],
        'unusable_arr_limit_percent': 5,
        'history_start_date': '',
        'deleted_lines': 'ended',
        'custom_billing_end_date_is_inclusive': false,
        'stripe_statuses_without_arr': ['incomplete', 'incomplete_expired', 'paused', 'unpaid'],
        'stripe_pause_behaviors_without_arr': ['void', 'keep_as_draft', 'mark_uncollectible'],
        'stripe_free_time_of_payers_counts': true,
        'stripe_crm_account_metadata_key': 'salesforce_account_id',
        'stripe_product_family_metadata_key': 'product_family',
        'stripe_plan_tier_metadata_key': 'plan_tier',
        'renewal_grace_days': 30,
        'early_renewal_report_days': 90,
        'retention_windows': [1, 3, 12, 24],
        'min_base_logos': 5,
        'segment_columns': ['segment', 'industry', 'region'],
        'salesforce_fields': {},
        'stripe_segment_metadata_keys': {},
        'key_accounts_per_book': 10,
        'opportunity_match_months': 1,
        'renewal_opportunity_types': ['Renewal'],
        'renewal_rate_months': 24,
        'renewal_rate_prior_terms': 20,
        'forecast_category_percents': {
            'Forecast': 95,
            'Commit': 95,
            'MostLikely': 85,
            'Most Likely': 85,
            'BestCase': 70,
            'Best Case': 70,
            'Pipeline': 50,
            'Omitted': 5
        },
        'forecast_category_months': 6,
        'renewal_opportunity_match_days': 92,
        'projection_backtest_quarters': 8,
        'target_ndr_percent': 110,
        'target_ndr_percents_by_segment': {},
        'owner_names': 'shown',
        'buyer_roles': {
            'user': ['Business User'],
            'technical': ['Technical Buyer', 'Evaluator'],
            'economic': ['Economic Buyer', 'Economic Decision Maker', 'Decision Maker'],
            'champion': ['Champion', 'Executive Sponsor']
        },
        'health_bands': {'score': [40, 70], 'adoption': [40, 70], 'nps': [0, 50]},
        'health_lead_months': 3,
        'health_valid_months': 6,
        'sourcing_teams': {
            'csm': ['CSM', 'Customer Success'],
            'account_management': ['AM', 'Account Management'],
            'professional_services': ['PS', 'Professional Services'],
            'sales': ['Sales'],
            'self_serve': ['Self-serve', 'Self-service']
        },
        'professional_services_bonus_percent': 2.5,
        'whitespace_prior_customers': 10,
        'whitespace_families': 50
    }) }}
{% endmacro %}
