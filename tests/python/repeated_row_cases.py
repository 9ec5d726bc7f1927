"""Rows that a loader delivered more than once, and the one per key that staging makes of them."""

from __future__ import annotations

from staging_cases import StagingCase

EARLY, LATE = "2025-05-01 00:00:00", "2025-06-01 00:00:00"
LINE = {"line_id": "l1", "customer_id": "c1", "term_amount": 1200, "term_months": 12}
CHARGE = {"id": "sub_1", "invoice_id": "in_1", "subscription_item_id": "si_1", "amount": 500}
DISCOUNT = {"id": "di_1", "coupon_id": "co_1", "subscription_id": "sub_1"}
# what tells lines apart that have no id of their own
TELLS_LINES_APART = (
    "subscription_item_id",
    "price_id",
    "plan_id",
    "quantity",
    "amount",
    "unit_amount_excluding_tax",
)
INSTANTS_OF_A_LINE = ("period_start", "period_end")
AMOUNTS, DAYS = ("1", "2"), ("2025-01-01", "2025-02-01")


def one_row_per_key(
    model: str,
    extract: str,
    key: str,
    told: str,
    shown: str,
    *,
    says: tuple[str, str] = ("a", "b"),
    is_dated: bool = True,
    tells_contradiction: bool = False,
    **rest_of_key: str,
) -> StagingCase:
    """Keys that landed once, twice alike, again as something newer, and twice as contradictions.

    Rows of a key differ in one column of the extract (told), which staging passes on (shown). Two
    rows alike without a key stay two. is_dated: the extract says when a row was loaded.
    """
    first, second = says
    landed = [
        ("once", first, EARLY),
        ("twice", first, EARLY),
        ("twice", first, EARLY),
        ("contradicted", second, EARLY),
        ("contradicted", first, EARLY),
        (None, first, EARLY),
        (None, first, EARLY),
    ]
    staged = [
        ("once", first, False),
        ("twice", first, False),
        ("contradicted", first, True),
        (None, first, False),
        (None, first, False),
    ]
    if is_dated:
        landed += [("newer", second, LATE), ("newer", first, EARLY)]
        staged += [("newer", second, False)]
    loaded_at = [{"_fivetran_synced": at} if is_dated else {} for _, _, at in landed]
    return StagingCase(
        f"a_key_that_landed_more_than_once_is_one_row_of_{model}",
        model,
        extract,
        [
            {key: name, told: value, **rest_of_key, **loaded}
            for (name, value, _), loaded in zip(landed, loaded_at, strict=True)
        ],
        [
            {shown: value, **({"is_contradicted": is_contradicted} if tells_contradiction else {})}
            for _, value, is_contradicted in staged
        ],
    )


ONE_ROW_PER_KEY = [
    one_row_per_key(
        "stg_salesforce__accounts",
        "sample_salesforce__account",
        "id",
        "name",
        "account_name",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_salesforce__account_versions",
        "sample_salesforce__account_history",
        "id",
        "parent_id",
        "parent_account_id",
        _fivetran_start=EARLY,
    ),
    one_row_per_key(
        "stg_salesforce__users",
        "sample_salesforce__user",
        "id",
        "name",
        "user_name",
    ),
    one_row_per_key(
        "stg_salesforce__contacts",
        "sample_salesforce__contact",
        "id",
        "left_company_date_c",
        "left_company_date",
        says=DAYS,
    ),
    one_row_per_key(
        "stg_salesforce__products",
        "sample_salesforce__product_2",
        "id",
        "name",
        "product_name",
    ),
    one_row_per_key(
        "stg_salesforce__opportunities",
        "sample_salesforce__opportunity",
        "id",
        "name",
        "opportunity_name",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_salesforce__opportunity_line_items",
        "sample_salesforce__opportunity_line_item",
        "id",
        "product_2_id",
        "crm_product_id",
    ),
    one_row_per_key(
        "stg_salesforce__account_contact_relations",
        "sample_salesforce__account_contact_relation",
        "id",
        "roles",
        "contact_roles",
    ),
    one_row_per_key(
        "stg_salesforce__opportunity_contact_roles",
        "sample_salesforce__opportunity_contact_role",
        "id",
        "role",
        "contact_role",
    ),
    one_row_per_key(
        "stg_stripe__customers",
        "sample_stripe__customer",
        "id",
        "name",
        "customer_name",
    ),
    one_row_per_key(
        "stg_stripe__subscription_versions",
        "sample_stripe__subscription_history",
        "id",
        "status",
        "status",
        tells_contradiction=True,
        _fivetran_start=EARLY,
    ),
    one_row_per_key(
        "stg_stripe__subscription_items",
        "sample_stripe__subscription_item",
        "id",
        "plan_id",
        "price_id",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_stripe__subscription_discounts",
        "sample_stripe__subscription_discount",
        "id",
        "coupon_id",
        "coupon_id",
    ),
    one_row_per_key(
        "stg_stripe__customer_discounts",
        "sample_stripe__discount",
        "id",
        "coupon_id",
        "coupon_id",
    ),
    one_row_per_key(
        "stg_stripe__coupons",
        "sample_stripe__coupon",
        "id",
        "duration",
        "duration",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_stripe__invoices",
        "sample_stripe__invoice",
        "id",
        "status",
        "status",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_stripe__invoice_line_items",
        "sample_stripe__invoice_line_item",
        "id",
        "type",
        "line_type",
        tells_contradiction=True,
        unique_id="il_1",
    ),
    one_row_per_key(
        "stg_stripe__plans",
        "sample_stripe__plan",
        "id",
        "nickname",
        "plan_tier",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_stripe__prices",
        "sample_stripe__price",
        "id",
        "nickname",
        "plan_tier",
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_stripe__products",
        "sample_stripe__product",
        "id",
        "name",
        "product_name",
    ),
    one_row_per_key(
        "stg_stripe__price_tiers",
        "sample_stripe__tier",
        "price_id",
        "unit_amount",
        "unit_amount_minor",
        says=AMOUNTS,
        up_to="10",
    ),
    one_row_per_key(
        "stg_custom_billing__customers",
        "sample_custom_billing__customers",
        "customer_id",
        "customer_name",
        "customer_name",
        is_dated=False,
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_custom_billing__customer_versions",
        "sample_custom_billing__customer_versions",
        "customer_id",
        "parent_customer_id",
        "parent_customer_id",
        is_dated=False,
        valid_from="2025-01-01",
    ),
    one_row_per_key(
        "stg_custom_billing__products",
        "sample_custom_billing__products",
        "product_id",
        "product_name",
        "product_name",
        is_dated=False,
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_custom_billing__subscription_lines",
        "sample_custom_billing__subscription_lines",
        "line_id",
        "plan_tier",
        "plan_tier",
        is_dated=False,
        tells_contradiction=True,
    ),
    one_row_per_key(
        "stg_reference__billing_cut_overs",
        "sample_custom_billing__billing_cut_overs",
        "old_source_system",
        "new_customer_id",
        "new_source_customer_id",
        is_dated=False,
        old_customer_id="c1",
    ),
    one_row_per_key(
        "stg_custom_health__customer_health",
        "sample_custom_health__customer_health",
        "customer_id",
        "active_users",
        "active_users",
        says=AMOUNTS,
        is_dated=False,
        month="2025-01-01",
    ),
]

# Of lines that contradict each other the first speaks, in the order of the columns and of what they
# say: any order would do, as long as it is the same every time.
TOLD_APART_BY = [
    ("subscription_id", "a", "b", "subscription_id"),
    ("customer_id", "a", "b", "customer_id"),
    ("product_id", "a", "b", "product_id"),
    ("plan_tier", "a", "b", "plan_tier"),
    ("start_date", "2025-01-01", "2025-02-01", "start_date"),
    ("end_date", "2025-03-01", "2025-04-01", "end_date"),
    ("term_amount", "900", "1200", "term_amount"),
    ("term_months", "12", "24", "term_months"),
    ("quantity", "2", "3", "quantity"),
    ("currency", "EUR", "USD", "currency"),
    ("charge_type", "trial", "usage", "charge_type"),
    ("supersedes_line_id", "a", "b", "supersedes_line_id"),
    ("notice_date", "2025-01-01", "2025-02-01", "notice_date"),
    ("is_contracted_step", False, True, "is_contracted_step"),
    ("_load_id", "a", "b", "load_id"),
    ("_deleted_date", "2025-01-01", "2025-02-01", "deleted_date"),
]
CONTRADICTIONS = [
    StagingCase(
        f"of_two_lines_that_differ_in_{column}_the_first_in_order_speaks",
        "stg_custom_billing__subscription_lines",
        "sample_custom_billing__subscription_lines",
        [{"line_id": "l1", column: last}, {"line_id": "l1", column: first}],
        [{"line_id": "l1", shown: first, "is_contradicted": True}],
    )
    for column, first, last, shown in TOLD_APART_BY
]

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
        "a_line_with_an_id_of_its_own_that_says_two_things_is_one_and_contradicted",
        "stg_stripe__invoice_line_items",
        "sample_stripe__invoice_line_item",
        [
            {"id": "il_1", "invoice_id": "in_1", **dict.fromkeys(TELLS_LINES_APART, value)}
            for value in ("1", "2")
        ]
        + [
            {"id": "il_2", "invoice_id": "in_1", **dict.fromkeys(INSTANTS_OF_A_LINE, instant)}
            for instant in (EARLY, LATE)
        ]
        + [{"id": "il_3", "invoice_id": "in_1", "proration": value} for value in (True, False)],
        [{"invoice_line_item_id": f"il_{number}", "is_contradicted": True} for number in (1, 2, 3)],
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
    *ONE_ROW_PER_KEY,
    *CONTRADICTIONS,
]
