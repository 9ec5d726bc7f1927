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


# all that will happen in the second half of 2025 is known at the end of June
KNOWN = [
    line("goes", "2024-09-01", "2025-09-01", notice_date="2025-05-10"),
    line("went", "2023-10-01", "2025-03-01"),
    line("month to month", "2023-01-01", None, term_amount=100, term_months=1),
    line("three years", "2023-11-01", "2026-11-01", term_amount=3600, term_months=36),
    line("replaced", "2024-08-01", "2025-08-01"),
    line("replacement", "2025-08-01", "2026-08-01", term_amount=900, subscription_id="replaced"),
    line("ramp", "2024-10-01", "2025-10-01"),
    line("step", "2025-10-01", "2026-10-01", term_amount=1500, is_contracted_step=True),
]
for moved, whose in {"replacement": "replaced", "step": "ramp"}.items():
    next(row for row in KNOWN if row["line_id"] == moved)["customer_id"] = whose


def retention(as_of: str, mart: str, **which: Any) -> dict[str, Any]:
    ledger = Ledger({"as_of_date": as_of, "segment_columns": []}, only=[mart])
    (row,) = ledger.run({"subscription_lines": KNOWN}).rows(mart, **which)
    return row


@pytest.mark.parametrize("months", [3, 6])
def test_what_is_known_to_come_is_projected_as_it_comes(months: int) -> None:
    later = {3: "2025-09", 6: "2025-12"}[months]
    projected = retention("2025-06-30", "rpt_projected_retention_monthly", horizon_months=months)
    last_day = {3: "30", 6: "31"}[months]
    actual = retention(
        f"{later}-{last_day}", "rpt_ndr_grr_monthly", window_months=12, date_month=f"{later}-01"
    )
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
