"""Buyers and health without their sources: every renewal is there, and nothing is claimed."""

from datetime import date

from ledger_harness import Ledger

LINE = {
    "line_id": "l1",
    "subscription_id": "s1",
    "customer_id": "c1",
    "product_id": "p1",
    "start_date": date(2024, 3, 1),
    "end_date": date(2025, 3, 1),
    "term_amount": 1200,
    "term_months": 12,
    "currency": "USD",
}
MARTS = [
    "rpt_buyer_changes_before_renewal",
    "fct_buyer_changes",
    "rpt_contact_roles",
    "fct_health_before_renewals",
    "rpt_health_before_renewal",
    "rpt_health_coverage_monthly",
]


def test_without_crm_and_health_systems_terms_come_up_and_nothing_is_known_of_them() -> None:
    run = Ledger({"as_of_date": "2024-12-31"}, only=MARTS).run({"subscription_lines": [LINE]})
    (row,) = run.rows("rpt_buyer_changes_before_renewal")
    assert (row["customer_id"], row["term_end_date"]) == ("c1", date(2025, 3, 1))
    assert row["buyer_coverage"] == "unknown"
    assert row["champions_left"] is None
    assert row["has_champion_left"] is False
    for empty in MARTS[1:]:
        assert run.rows(empty) == [], empty
