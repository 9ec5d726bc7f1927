"""Month-end rates: random contracts in three currencies, each figure computed again in Python."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from ledger_harness import Ledger, LedgerRun, merge_books

FIRST, LAST = 2023 * 12 + 1, 2024 * 12 + 12
MONTHS = range(FIRST, LAST + 1)
WINDOWS = (1, 3, 12)
POLICY = {"renewal_grace_days": 0, "as_of_date": "2024-12-31", "retention_windows": [*WINDOWS]}
CENT = Decimal("0.01")
SEEDS = range(40)


def first_day(month: int) -> date:
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def constant_rates() -> dict:
    return {("EUR", month): Decimal("1.10") for month in MONTHS}


def random_rates(chance: random.Random) -> dict:
    """A rate stays for some months; GBP moves every month."""
    rates, euro = {}, Decimal("1.10")
    for month in MONTHS:
        if chance.random() < 0.4:
            euro = Decimal(chance.randrange(80, 140)) / 100
        rates["EUR", month] = euro
        rates["GBP", month] = Decimal(chance.randrange(10000, 15000)) / 10000
    return rates


def random_lines(chance: random.Random, currencies: list[str]) -> list[dict]:
    lines = []
    for customer in ("a", "b", "c", "d"):
        for number in range(chance.randrange(1, 5)):
            start = chance.choice(MONTHS)
            end = chance.choice([None, start + chance.randrange(1, 14)])
            amount = Decimal(chance.randrange(1, 90000)) / 100
            lines.append(
                {
                    "line_id": f"{customer}{number}",
                    "customer_id": customer,
                    "start": start,
                    "end": end,
                    "currency": chance.choice(currencies),
                    # a discount now and then
                    "arr": -amount if chance.random() < 0.12 else amount,
                }
            )
    return lines


def book_of(lines: list[dict], rates: dict, plan_rates: dict | None = None) -> dict:
    days = {
        **{(currency, None): rate for currency, rate in (plan_rates or {}).items()},
        **{
            (currency, first_day(month + 1) - timedelta(days=1)): rate
            for (currency, month), rate in rates.items()
        },
    }
    return {
        "subscription_lines": [
            {
                "line_id": line["line_id"],
                "subscription_id": line["line_id"],
                "customer_id": line["customer_id"],
                "product_id": f"p_{line['line_id']}",
                "start_date": first_day(line["start"]),
                "end_date": first_day(line["end"]) if line["end"] else None,
                "term_amount": line["arr"],
                "term_months": 12,
                "currency": line["currency"],
                "charge_type": "recurring",
            }
            for line in lines
        ],
        "fx_rates": [
            {"currency": currency, "month_end": day, "rate": rate}
            for (currency, day), rate in days.items()
        ],
    }


class Recomputed:
    """What the definitions give, one customer and month after the other."""

    def __init__(self, lines: list[dict], rates: dict) -> None:
        self.lines = lines
        self.rates = rates
        self.customers = sorted({line["customer_id"] for line in lines})

    def value(self, line: dict, rate_month: int) -> Decimal:
        rate = 1 if line["currency"] == "USD" else self.rates[line["currency"], rate_month]
        return (line["arr"] * rate).quantize(CENT, ROUND_HALF_UP)

    def held(self, customer: str, month: int) -> list[dict]:
        return [
            line
            for line in self.lines
            if line["customer_id"] == customer
            and line["start"] <= month
            and (line["end"] is None or line["end"] > month)
        ]

    def arr(self, customer: str, month: int, rate_month: int) -> Decimal:
        return sum(
            (self.value(line, rate_month) for line in self.held(customer, month)), Decimal(0)
        )

    def fx(self, customer: str, month: int) -> Decimal:
        if month == FIRST:
            return Decimal(0)
        before = month - 1
        return self.arr(customer, before, month) - self.arr(customer, before, before)

    def retention(self, month: int, window: int) -> dict:
        sums = defaultdict(Decimal)
        for customer in self.customers:
            base_month = month - window
            base = self.arr(customer, base_month, month)
            if base_month < FIRST or base <= 0:
                continue
            now = self.arr(customer, month, month)
            lowest = min(self.arr(customer, m, month) for m in range(base_month, month + 1))
            kept = max(Decimal(0), min(base, now))
            sums["base_arr"] += base
            sums["base_customers"] += 1
            sums["net_arr"] += now
            sums["gross_arr"] += kept
            sums["retained_customers"] += now > 0
            sums["strict_net_arr"] += now if lowest > 0 else 0
            sums["strict_gross_arr"] += kept if lowest > 0 else 0
            sums["lowest_arr"] += max(Decimal(0), min(base, lowest))
        return sums

    def cohorts(self) -> dict:
        cells = defaultdict(lambda: [Decimal(0)] * 4)
        for customer in self.customers:
            first = next((m for m in MONTHS if self.arr(customer, m, m) > 0), None)
            for month in range(first, LAST + 1) if first else ():
                base, now = self.arr(customer, first, month), self.arr(customer, month, month)
                kept = max(Decimal(0), min(base, now))
                added = (base, now, kept, Decimal(now > 0))
                cell = cells[first, month - first]
                cells[first, month - first] = [a + b for a, b in zip(cell, added, strict=True)]
        return cells


@pytest.fixture(scope="module")
def books() -> dict:
    drawn = {}
    for seed in SEEDS:
        chance = random.Random(seed)
        drawn[f"book_{seed}"] = (
            random_lines(chance, ["USD", "EUR", "EUR", "GBP"]),
            random_rates(random.Random(7)),
        )
    return drawn


@pytest.fixture(scope="module")
def run(books: dict) -> LedgerRun:
    ledger = Ledger({**POLICY, "fx_mode": "month_end_rate"})
    return ledger.run(
        merge_books({name: book_of(lines, rates) for name, (lines, rates) in books.items()})
    )


def of_book(run: LedgerRun, model: str, name: str, **terms) -> list[dict]:
    return run.rows(model, segment_type="industry", segment_value=name, **terms)


def test_bridge_and_fx_are_what_lines_and_rates_give(run: LedgerRun, books: dict) -> None:
    moved = 0
    for name, (lines, rates) in books.items():
        by_hand = Recomputed(lines, rates)
        for row in of_book(run, "rpt_arr_bridge_monthly", name):
            month = row["date_month"].year * 12 + row["date_month"].month
            closing = sum(by_hand.arr(each, month, month) for each in by_hand.customers)
            fx = sum(by_hand.fx(each, month) for each in by_hand.customers)
            assert (name, month, row["ending_arr"], row["fx_arr"]) == (name, month, closing, fx)
            moved += fx != 0
    assert moved > 300


def test_retention_values_every_month_at_the_rate_of_the_end_month(
    run: LedgerRun, books: dict
) -> None:
    compared = 0
    for name, (lines, rates) in books.items():
        by_hand = Recomputed(lines, rates)
        for row in of_book(run, "int_retention_sums_monthly", name, account_grain="customer"):
            expected = by_hand.retention(row["month_index"], row["window_months"])
            for column in (
                "base_arr",
                "base_customers",
                "net_arr",
                "gross_arr",
                "retained_customers",
                "strict_net_arr",
                "strict_gross_arr",
                "lowest_arr",
            ):
                where = (name, row["month_index"], row["window_months"], column)
                assert (where, row[column]) == (where, expected[column])
            compared += expected["base_arr"] > 0
    assert compared > 1000


def test_cohorts_move_their_base_with_the_rate(run: LedgerRun, books: dict) -> None:
    compared = 0
    for name, (lines, rates) in books.items():
        cells = Recomputed(lines, rates).cohorts()
        for row in of_book(run, "int_cohort_sums_monthly", name):
            key = (row["cohort_month_index"], row["age_months"])
            got = [row["cohort_arr"], row["net_arr"], row["gross_arr"], row["customers"]]
            assert (name, key, got) == (name, key, cells[key])
            compared += 1
    assert compared > 1000


def test_a_rate_that_never_moves_gives_the_ledger_of_the_plan_rate() -> None:
    lines = {f"book_{seed}": random_lines(random.Random(seed), ["USD", "EUR"]) for seed in SEEDS}
    book = merge_books(
        {
            name: book_of(each, constant_rates(), {"EUR": Decimal("1.10")})
            for name, each in lines.items()
        }
    )
    marts = [
        "rpt_arr_bridge_monthly",
        "rpt_arr_bridge_by_currency_monthly",
        "rpt_ndr_grr_monthly",
        "rpt_parent_ndr_grr_monthly",
        "rpt_ndr_variants_monthly",
        "rpt_bridge_to_ndr_reconciliation",
        "rpt_cohort_retention_monthly",
        "fct_arr_movements",
        "fct_arr_movement_drivers",
        "fct_customer_arr_spans",
        "fct_customer_retention_monthly",
    ]
    under = {}
    for mode in ("plan_rate", "month_end_rate"):
        run = Ledger({**POLICY, "fx_mode": mode}).run(book)
        under[mode] = {
            mart: sorted(map(repr, run.query(f"select * from {run.relation(mart)}")))
            for mart in marts
        }
    for mart in marts:
        assert under["plan_rate"][mart], f"{mart} has no rows"
        assert under["plan_rate"][mart] == under["month_end_rate"][mart], mart
