"""NDR by other methods, and a bridge against NDR, worked again from monthly balances in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import pytest
from ledger_harness import Ledger
from random_lines import AS_OF, random_book

MARTS = [
    "rpt_ndr_variants_monthly",
    "rpt_bridge_to_ndr_reconciliation",
    "fct_customer_arr_monthly",
    "int_customer_segment_spans",
]
VARIABLES = {
    "as_of_date": AS_OF.isoformat(),
    "retention_windows": [1, 12],
    "segment_columns": ["segment"],
}
LAST = AS_OF.year * 12 + AS_OF.month
SEEDS = range(5)


@dataclass
class History:
    """What customers hold at month ends, and the segment each is in."""

    held: dict[str, dict[int, Decimal]]
    spans: list[dict]

    def arr(self, customer: str, month: int) -> Decimal:
        return self.held[customer].get(month, Decimal(0))

    def base(self, month: int) -> list[str]:
        return [customer for customer in self.held if self.arr(customer, month) > 0]

    @cached_property
    def segments(self) -> dict[str, list[tuple[int, int, str]]]:
        found: dict[str, list[tuple[int, int, str]]] = {}
        for span in self.spans:
            ends = span["until_month_index"] or LAST + 1
            found.setdefault(span["customer_id"], []).append(
                (span["from_month_index"], ends, span["segment"])
            )
        return found

    def segment(self, customer: str, month: int) -> str:
        for first, until, segment in self.segments.get(customer, []):
            if first <= month < until:
                return segment
        return "unknown"

    def rate(self, now: int, window: int) -> Fraction | None:
        base = self.base(now - window)
        if not base:
            return None
        kept = sum(self.arr(customer, now) for customer in base)
        return Fraction(kept) / Fraction(sum(self.arr(c, now - window) for c in base))

    def movement(self, customer: str, month: int) -> tuple[str, Decimal]:
        """The type by the order of the cases, and the change; below zero is more or less, too."""
        before, now = self.arr(customer, month - 1), self.arr(customer, month)
        if before <= 0 < now:
            past = any(self.arr(customer, each) > 0 for each in self.held[customer] if each < month)
            return "reactivation" if past else "new", now - before
        if before > 0 >= now:
            return "churn", now - before
        if now == before:
            return "none", Decimal(0)
        return "expansion" if now > before else "contraction", now - before


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(VARIABLES, only=MARTS)


def run_book(ledger: Ledger, seed: int) -> tuple[History, dict, dict]:
    run = ledger.run(random_book(seed))
    held: dict[str, dict[int, Decimal]] = {}
    for row in run.rows("fct_customer_arr_monthly"):
        month = row["date_month"].year * 12 + row["date_month"].month
        held.setdefault(row["customer_id"], {})[month] = row["arr"]
    variants = {
        (row["date_month"].year * 12 + row["date_month"].month, row["method"]): row
        for row in run.rows("rpt_ndr_variants_monthly")
    }
    causes: dict[tuple, dict[str, dict]] = {}
    for row in run.rows("rpt_bridge_to_ndr_reconciliation"):
        month = row["date_month"].year * 12 + row["date_month"].month
        key = (month, row["segment_type"], row["segment_value"])
        causes.setdefault(key, {})[row["cause"]] = row
    return History(held, run.rows("int_customer_segment_spans")), variants, causes


def expected_variants(history: History, now: int) -> Iterator[tuple[str, Fraction | None]]:
    year = [history.rate(month, 12) for month in range(now - 11, now + 1)]
    yield "point_to_point", year[-1]
    quarters = [year[place] for place in (2, 5, 8, 11)]
    yield "quarterly_average", None if None in quarters else sum(quarters) / 4
    yield "trailing_average_simple", None if None in year else sum(year) / 12
    kept = bases = Fraction(0)
    for month in range(now - 11, now + 1):
        base = history.base(month - 12)
        kept += Fraction(sum(history.arr(customer, month) for customer in base))
        bases += Fraction(sum(history.arr(customer, month - 12) for customer in base))
    yield "trailing_average_weighted", None if None in year else kept / bases
    month_rate = history.rate(now, 1)
    yield "monthly_annualised", month_rate if month_rate is None else month_rate**12
    cohort = history.base(now - 23)
    years = [
        Fraction(sum(history.arr(c, now - back) for c in cohort for back in backs))
        for backs in (range(12, 24), range(12))
    ]
    yield "two_year_cohort", years[1] / years[0] if years[0] else None


@pytest.mark.parametrize("seed", SEEDS)
def test_variants_are_what_monthly_balances_give(ledger: Ledger, seed: int) -> None:
    history, variants, _ = run_book(ledger, seed)
    compared = 0
    for now in sorted({month for month, _ in variants}):
        for method, wanted in expected_variants(history, now):
            found = variants[now, method]["ndr"]
            if wanted is None:
                assert found is None, (now, method)
            else:
                assert found == pytest.approx(float(wanted), rel=1e-9), (now, method)
                compared += 1
    assert compared > 100


def expected_causes(history: History, now: int) -> Counter:
    """(segment type, segment, cause) -> what it adds to the bridge, movement by movement."""
    found: Counter = Counter()

    def add(customer: str, month: int, cause: str, amount: Decimal) -> None:
        for key in (("all", "all"), ("segment", history.segment(customer, month))):
            found[*key, cause] += amount

    for customer in history.held:
        base_arr = history.arr(customer, now - 12)
        if base_arr < 0:
            add(customer, now - 12, "balances_below_zero", -base_arr)
        won_before = any(
            history.arr(customer, month) > 0
            for month in history.held[customer]
            if month <= now - 12
        )
        for month in range(now - 11, now + 1):
            kind, change = history.movement(customer, month)
            in_bridge = kind in ("expansion", "contraction", "churn")
            if base_arr > 0 and in_bridge:
                add(customer, month, "moves_between_segments", -change)
                add(customer, now - 12, "moves_between_segments", change)
            elif base_arr > 0:
                cause = "reactivation" if kind == "reactivation" else "other_movements"
                add(customer, now - 12, f"{cause}_of_base_customers", change)
            elif in_bridge:
                state = "returned" if won_before else "won"
                add(customer, month, f"{kind}_of_customers_{state}_since", -change)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cause_is_what_movements_of_customers_give(ledger: Ledger, seed: int) -> None:
    history, _, causes = run_book(ledger, seed)
    seen: Counter = Counter()
    for (month, segment_type, value), rows in causes.items():
        wanted = expected_causes(history, month)
        for cause, row in rows.items():
            amount = wanted.get((segment_type, value, cause), 0)
            assert row["cause_arr"] == amount, (month, segment_type, value, cause)
            seen[cause] += amount != 0
        kept = rows["moves_between_segments"]["net_retained_arr"]
        total = sum(row["cause_arr"] for row in rows.values())
        assert rows["moves_between_segments"]["bridge_arr"] + total == kept
    for cause in ("expansion_of_customers_won_since", "churn_of_customers_returned_since"):
        assert seen[cause], f"no {cause} in book {seed}"
