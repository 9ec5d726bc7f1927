"""Without a CRM system customers have no known owners: the marts say so and stay whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from ledger_harness import Ledger, LedgerRun

MARTS = [
    "rpt_ndr_grr_monthly",
    "rpt_renewal_rates_monthly",
    "rpt_book_retention_monthly",
    "rpt_book_bridge_monthly",
    "rpt_book_coverage_monthly",
    "rpt_book_renewal_bands",
    "rpt_key_accounts",
    "rpt_post_sale_return_monthly",
]
LINE = {"product_id": "p", "currency": "USD", "term_months": 12}
LINES = [
    # 100 renewed at 150, 60 for two years, 40 lost after a year
    {
        "customer_id": "a",
        "line_id": "a1",
        "start": "2023-07-01",
        "end": "2024-07-01",
        "amount": 100,
    },
    {
        "customer_id": "a",
        "line_id": "a2",
        "start": "2024-07-01",
        "end": "2025-07-01",
        "amount": 150,
    },
    {"customer_id": "b", "line_id": "b1", "start": "2023-07-01", "end": "2025-09-01", "amount": 60},
    {"customer_id": "c", "line_id": "c1", "start": "2023-07-01", "end": "2024-07-01", "amount": 40},
]
LAST = date(2024, 12, 1)


@pytest.fixture(scope="module")
def run() -> LedgerRun:
    lines = [
        {
            **LINE,
            "customer_id": line["customer_id"],
            "subscription_id": line["customer_id"],
            "line_id": line["line_id"],
            "start_date": line["start"],
            "end_date": line["end"],
            "term_amount": line["amount"],
        }
        for line in LINES
    ]
    costs = [
        {"month": f"2024-{month:02}-15", "role": role, "amount": 5, "currency": "USD"}
        for month in range(1, 13)
        for role in ("csm", "Support")
        if (role, month) != ("Support", 8)
    ]
    ledger = Ledger({"crm_systems": [], "as_of_date": "2024-12-31"}, MARTS)
    return ledger.run({"subscription_lines": lines, "post_sale_expenses": costs})


def test_everybody_is_in_the_book_of_nobody_and_it_is_the_whole(run: LedgerRun) -> None:
    books = run.rows("rpt_book_retention_monthly", date_month=LAST, window_months=12)
    assert [(row["owner_role"], row["owner_id"]) for row in sorted(books, key=str)] == [
        ("am", "unassigned"),
        ("csm", "unassigned"),
    ]
    (whole,) = run.rows(
        "rpt_ndr_grr_monthly", date_month=LAST, window_months=12, segment_type="all"
    )
    for row in books:
        assert (row["base_arr"], row["net_retained_arr"]) == (Decimal(200), Decimal(210))
        assert row["gross_retained_arr"] == Decimal(160)
        assert (row["ndr"], row["grr"]) == (whole["ndr"], whole["grr"])


def test_the_bridge_bands_and_key_accounts_of_nobody_are_those_of_all(run: LedgerRun) -> None:
    bridges = run.rows("rpt_book_bridge_monthly", date_month=LAST)
    assert {(row["owner_id"], row["ending_arr"]) for row in bridges} == {
        ("unassigned", Decimal(210))
    }
    (coverage,) = run.rows("rpt_book_coverage_monthly", date_month=LAST)
    assert (coverage["coverage"], coverage["ending_arr"]) == ("neither", Decimal(210))
    bands = run.rows("rpt_book_renewal_bands", owner_role="csm")
    # the twelve months of b are over in July again, though its line ends in September
    assert [(row["renewal_band"], row["arr"]) for row in bands] == [("months_3_6", Decimal(210))]
    keys = run.rows("rpt_key_accounts", owner_role="am")
    assert {(row["owner_id"], row["customer_id"], row["rank_in_book"]) for row in keys} == {
        ("unassigned", "a", 1),
        ("unassigned", "b", 2),
    }


def test_renewals_of_nobody_are_all_renewals(run: LedgerRun) -> None:
    found = {
        row["segment_type"]: (row["segment_value"], row["decided_arr"], row["gross_renewed_arr"])
        for row in run.rows("rpt_renewal_rates_monthly", date_month=date(2024, 7, 1))
        if row["segment_type"] in ("csm_owner_id", "am_owner_id", "coverage", "all")
    }
    # b's line of twelve months goes on
    assert found == {
        "all": ("all", Decimal(200), Decimal(160)),
        "csm_owner_id": ("unassigned", Decimal(200), Decimal(160)),
        "am_owner_id": ("unassigned", Decimal(200), Decimal(160)),
        "coverage": ("neither", Decimal(200), Decimal(160)),
    }


def test_a_cost_without_customers_brings_nothing_and_one_that_is_missing_says_so(
    run: LedgerRun,
) -> None:
    found = {
        row["expense_role"]: (row["expense_state"], row["expense"], row["expansion_per_expense"])
        for row in run.rows("rpt_post_sale_return_monthly", date_month=LAST)
    }
    assert found == {
        "csm": ("known", Decimal(60), 0.0),
        "am": ("not known", None, None),
        "support": ("partly known", None, None),
    }
