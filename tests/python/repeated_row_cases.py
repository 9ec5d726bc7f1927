"""Rows that a loader delivered more than once, and the one per key that staging makes of them."""

from __future__ import annotations

from staging_cases import StagingCase

EARLY, LATE = "2025-05-01 00:00:00", "2025-06-01 00:00:00"
LINE = {"line_id": "l1", "customer_id": "c1", "term_amount": 1200, "term_months": 12}
CHARGE = {"id": "sub_1", "invoice_id": "in_1", "subscription_item_id": "si_1", "amount": 500}
DISCOUNT = {"id": "di_1", "coupon_id": "co_1", "subscription_id": "sub_1"}

REPEATED_ROWS = [
    StagingCase(
        "a_row_delivered_twice_speaks_once_and_is_contradicted_by_nobody",
        "stg_custom_billing__subscription_lines",
        "sample_custom_billing__subscription_lines",
        [LINE, LINE, {**LINE, "line_id": "l2"}],
        [
            {"line_id": "l1", "term_amount": "1200", "is_contradicted": False},
            {"line_id": "l2", "term_amount": "1200", "is_contradicted": False},
        ],
    ),
    # No column says which is newer: the same one every time, and a finding.
    StagingCase(
        "of_two_rows_of_a_key_that_differ_one_speaks_and_is_contradicted",
        "stg_custom_billing__subscription_lines",
        "sample_custom_billing__subscription_lines",
        [{**LINE, "term_amount": 900}, LINE, LINE],
        [{"line_id": "l1", "term_amount": "900", "is_contradicted": True}],
    ),
    # A row without a key is no repeat of another: the test of the key names both.
    StagingCase(
        "rows_without_a_key_stay_apart",
        "stg_custom_billing__products",
        "sample_custom_billing__products",
        [{"product_name": "A"}, {"product_name": "A"}],
        [{"product_id": None, "product_name": "A", "is_contradicted": False}] * 2,
    ),
    StagingCase(
        "the_row_that_was_loaded_last_speaks",
        "stg_stripe__invoices",
        "sample_stripe__invoice",
        [
            {"id": "in_1", "status": "paid", "_fivetran_synced": LATE},
            {"id": "in_1", "status": "open", "_fivetran_synced": EARLY},
            {"id": "in_2", "status": "void", "_fivetran_synced": EARLY},
            {"id": "in_2", "status": "open", "_fivetran_synced": None},
        ],
        [
            {"invoice_id": "in_1", "status": "paid", "is_contradicted": False},
            {"invoice_id": "in_2", "status": "void", "is_contradicted": False},
        ],
    ),
    StagingCase(
        "a_row_loaded_again_unchanged_speaks_once",
        "stg_salesforce__opportunities",
        "sample_salesforce__opportunity",
        [
            {"id": "o1", "amount": 100, "_fivetran_synced": EARLY},
            {"id": "o1", "amount": 100, "_fivetran_synced": LATE},
        ],
        [{"opportunity_id": "o1", "amount_in_currency": "100", "is_contradicted": False}],
    ),
    StagingCase(
        "versions_of_an_account_stay_and_one_loaded_again_as_ended_has_ended",
        "stg_salesforce__account_versions",
        "sample_salesforce__account_history",
        [
            {
                "id": "a1",
                "_fivetran_start": EARLY,
                "_fivetran_active": True,
                "_fivetran_synced": EARLY,
            },
            {
                "id": "a1",
                "_fivetran_start": EARLY,
                "_fivetran_active": False,
                "_fivetran_synced": LATE,
            },
            {
                "id": "a1",
                "_fivetran_start": LATE,
                "_fivetran_active": True,
                "_fivetran_synced": LATE,
            },
        ],
        [
            {"account_id": "a1", "version_started_at": EARLY, "is_active_version": False},
            {"account_id": "a1", "version_started_at": LATE, "is_active_version": True},
        ],
    ),
    # Older connections write the subscription as the id of each of its lines.
    StagingCase(
        "lines_of_an_invoice_under_one_id_stay_apart_and_each_speaks_once",
        "stg_stripe__invoice_line_items",
        "sample_stripe__invoice_line_item",
        [CHARGE, CHARGE, {**CHARGE, "amount": 700}, {**CHARGE, "invoice_id": "in_2"}],
        [
            {"invoice_id": "in_1", "amount_minor": "500", "is_contradicted": False},
            {"invoice_id": "in_1", "amount_minor": "700", "is_contradicted": False},
            {"invoice_id": "in_2", "amount_minor": "500", "is_contradicted": False},
        ],
    ),
    StagingCase(
        "a_line_with_an_id_of_its_own_is_what_it_was_last",
        "stg_stripe__invoice_line_items",
        "sample_stripe__invoice_line_item",
        [
            {**CHARGE, "id": "il_1", "_fivetran_synced": EARLY},
            {**CHARGE, "id": "il_1", "amount": 700, "_fivetran_synced": LATE},
            {**CHARGE, "unique_id": "il_2", "amount": 40, "_fivetran_synced": LATE},
            {**CHARGE, "unique_id": "il_2", "amount": 30, "_fivetran_synced": EARLY},
        ],
        [
            {"invoice_line_item_id": "il_1", "amount_minor": "700"},
            {"invoice_line_item_id": "il_2", "amount_minor": "40"},
        ],
    ),
    StagingCase(
        "tiers_of_a_price_stay_and_a_tier_delivered_twice_counts_once",
        "stg_stripe__price_tiers",
        "sample_stripe__tier",
        [
            {"price_id": "p1", "up_to": 10, "unit_amount": 5},
            {"price_id": "p1", "up_to": 10, "unit_amount": 5},
            {"price_id": "p1", "up_to": None, "unit_amount": 4},
        ],
        [
            {"price_id": "p1", "up_to_quantity": "10", "unit_amount_minor": "5"},
            {"price_id": "p1", "up_to_quantity": None, "unit_amount_minor": "4"},
        ],
    ),
    StagingCase(
        "a_discount_that_was_loaded_again_with_its_end_has_ended",
        "stg_stripe__subscription_discounts",
        "sample_stripe__subscription_discount",
        [
            {**DISCOUNT, "_fivetran_synced": EARLY},
            {**DISCOUNT, "end": LATE, "_fivetran_synced": LATE},
            {**DISCOUNT, "subscription_item_id": "si_1", "_fivetran_synced": EARLY},
        ],
        [
            {"discount_id": "di_1", "subscription_item_id": None, "ends_at": LATE},
            {"discount_id": "di_1", "subscription_item_id": "si_1", "ends_at": None},
        ],
    ),
    StagingCase(
        "a_discount_of_a_customer_and_the_same_on_an_invoice_are_two",
        "stg_stripe__customer_discounts",
        "sample_stripe__discount",
        [
            {"id": "di_1", "customer_id": "c1"},
            {"id": "di_1", "customer_id": "c1"},
            {"id": "di_1", "customer_id": "c1", "invoice_id": "in_1"},
        ],
        [
            {"discount_id": "di_1", "is_on_one_invoice": False},
            {"discount_id": "di_1", "is_on_one_invoice": True},
        ],
    ),
    StagingCase(
        "a_rate_delivered_twice_is_one_and_two_rates_of_a_month_stay_two",
        "stg_reference__fx_rates",
        "sample_custom_billing__fx_rates",
        [
            {"currency": "EUR", "rate": "1.1"},
            {"currency": "EUR", "rate": "1.1"},
            {"currency": "GBP", "rate": "1.2"},
            {"currency": "GBP", "rate": "1.3"},
        ],
        [
            {"currency": "EUR", "rate_to_reporting_currency": "1.1"},
            {"currency": "GBP", "rate_to_reporting_currency": "1.2"},
            {"currency": "GBP", "rate_to_reporting_currency": "1.3"},
        ],
    ),
    StagingCase(
        "an_expense_delivered_twice_counts_once",
        "stg_reference__post_sale_expenses",
        "sample_custom_billing__post_sale_expenses",
        [{"month": "2025-05-01", "role": "csm", "amount": 10, "currency": "USD"}] * 2,
        [{"expense_role": "csm", "amount": "10"}],
    ),
    StagingCase(
        "an_event_delivered_twice_moves_once",
        "stg_stripe__subscription_item_change_events",
        "sample_stripe__subscription_item_change_events",
        [{"subscription_item_id": "si_1", "mrr_change": 100, "event_timestamp": EARLY}] * 2,
        [{"subscription_item_id": "si_1", "mrr_change_minor": "100"}],
    ),
]
