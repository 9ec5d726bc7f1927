"""Projected retention against what came: where every outcome is known, both are the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ledger_harness import Ledger


def line(name: str, start: str, end: str | None, **more: Any) -> dict[str, Any]:
    """A yearly line of 1200 that is a customer of its own."""
    return {
        "line_id": name,
        "subscription_id": name,
        "customer_id": name,
        "product_id": "core",
        "start_date": start,
        "end_date": end,
        "term_amount": 1200,
        "term_months": 12,
        "currency": "USD",
        **more,
    }


# all that happens to these in the second half of 2025 is known at the end of June
KNOWN = [
    line("goes", "2024-09-01", "2025-09-01", notice_date="2025-05-10"),
    line("went", "2023-10-01", "2025-03-01"),
    line("month to month", "2023-01-01", None, term_amount=100, term_months=1),
    line("three years", "2023-11-01", "2026-11-01", term_amount=3600, term_months=36),
    line("replaced", "2024-08-01", "2025-08-01"),
    line("replacement", "2025-08-01", "2026-08-01", term_amount=900, subscription_id="replaced"),
    line("ramp", "2024-10-01", "2025-10-01"),
    line("step", "2025-10-01", "2026-10-01", term_amount=1500, is_contracted_step=True),
    line("late", "2024-06-20", "2025-06-20"),
    line("late again", "2025-07-10", "2026-07-10", term_amount=1000),
    line("resold", "2024-08-15", "2025-08-15", notice_date="2025-05-01"),
    line("sold anew", "2025-08-15", "2026-08-15", term_amount=960),
    line("shrank", "2023-02-01", "2025-02-01", term_amount=2400, term_months=24),
    line("smaller", "2025-02-01", "2026-02-01", term_amount=900),
    line("grows again", "2025-09-01", "2026-09-01", term_amount=600, product_id="more"),
    line("grew", "2023-11-01", "2026-11-01", term_amount=3600, term_months=36),
    line("falls back", "2024-12-10", "2025-08-10", product_id="more", notice_date="2025-04-01"),
    line("basic", "2024-09-10", "2025-09-10"),
    line("pro", "2025-09-10", "2026-09-10", product_id="pro", supersedes_line_id="basic"),
    line("plan", "2024-12-05", "2025-12-05"),
    line("larger plan", "2025-08-20", None, product_id="pro", supersedes_line_id="plan"),
    line("winds down", "2024-08-01", "2025-08-01", subscription_id="wound down"),
    line(
        "wound down",
        "2025-08-01",
        "2025-11-01",
        term_amount=300,
        term_months=3,
        notice_date="2025-06-01",
    ),
    line("extended", "2025-03-15", "2025-09-15", term_amount=600, term_months=6),
    line("extension", "2025-09-15", "2026-09-15"),
    line("core", "2024-09-20", "2025-09-20", notice_date="2025-05-01"),
    line(
        "off core",
        "2024-09-20",
        "2025-09-20",
        term_amount=-120,
        product_id="discount",
        notice_date="2025-05-01",
    ),
    line("addon", "2024-01-01", None, term_amount=50, term_months=1, product_id="more"),
]
OF = {
    "replacement": "replaced",
    "step": "ramp",
    "late again": "late",
    "sold anew": "resold",
    "smaller": "shrank",
    "grows again": "shrank",
    "falls back": "grew",
    "pro": "basic",
    "larger plan": "plan",
    "wound down": "winds down",
    "extension": "extended",
    "off core": "core",
    "addon": "core",
}
# and what was decided in the first half of July
DECIDED = [
    line("ran on", "2024-07-10", None),
    line("gone in July", "2024-07-05", "2025-07-05", notice_date="2025-06-01"),
    line("renewed in July", "2024-07-12", "2025-07-12", subscription_id="smaller in July"),
    line("smaller in July", "2025-07-12", "2026-07-12", term_amount=600),
]
OF["smaller in July"] = "renewed in July"
for row in KNOWN + DECIDED:
    row["customer_id"] = OF.get(row["line_id"], row["customer_id"])


def retention(lines: list, as_of: str, mart: str, **which: Any) -> dict[str, Any]:
    ledger = Ledger({"as_of_date": as_of, "segment_columns": []}, only=[mart])
    (row,) = ledger.run({"subscription_lines": lines}).rows(mart, **which)
    return row


@pytest.mark.parametrize("today", ["2025-06-30", "2025-07-15"])
@pytest.mark.parametrize("months", [3, 6])
def test_what_is_known_to_come_is_projected_as_it_comes(months: int, today: str) -> None:
    lines = KNOWN if today == "2025-06-30" else KNOWN + DECIDED
    later = {3: "2025-09", 6: "2025-12"}[months]
    projection = "rpt_projected_retention_monthly"
    projected = retention(lines, today, projection, horizon_months=months)
    last_day = f"{later}-{ {3: 30, 6: 31}[months] }"
    which = {"window_months": 12, "date_month": f"{later}-01"}
    actual = retention(lines, last_day, "rpt_ndr_grr_monthly", **which)
    assert projected["base_arr"] == actual["base_arr"]
    assert projected["expected_gross_retained_arr"] == actual["gross_retained_arr"]
    assert projected["net_before_new_expansion_arr"] == actual["net_retained_arr"]
    assert projected["worst_grr"] == projected["best_grr"] == projected["expected_grr"]
    assert projected["expected_grr"] == actual["grr"]


def test_without_a_decided_term_nothing_is_expected_and_what_is_missing_is_said() -> None:
    ledger = Ledger({"as_of_date": "2025-06-30", "segment_columns": []})
    run = ledger.run({"subscription_lines": [line("first", "2025-01-01", "2026-01-01")]})
    (row,) = run.rows("rpt_projected_retention_monthly", horizon_months=12)
    assert (row["base_arr"], row["terms_without_probability"]) == (Decimal(1200), 1)
    assert (row["expected_grr"], row["worst_grr"], row["best_grr"]) == (None, None, 1.0)
    (needed,) = run.rows("rpt_expansion_needed", horizon_months=12)
    assert (needed["expansion_needed_arr"], needed["win_rate"]) == (None, None)
    (base,) = run.rows("fct_renewal_base")
    assert (base["probability_source"], base["expected_loss_arr"]) == ("none", None)
