"""Each policy of rpt_policy_sensitivity is what a whole build of the ledger under it gives."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache

import pytest
from ledger_harness import Ledger
from random_lines import AS_OF, random_book

COMMON = {"as_of_date": AS_OF.isoformat(), "retention_windows": [12], "segment_columns": []}
BUILT = ["rpt_arr_bridge_monthly", "rpt_ndr_grr_monthly", "int_arr_spans"]
AMOUNTS = ["ending_arr", "base_arr", "base_customers", "net_retained_arr", "gross_retained_arr"]
SEEDS = range(4)

DEFAULTS = {"renewal_grace_days": 30, "charge_types_in_arr": ["recurring"]}
CONFIGURED = {
    "the defaults": {},
    "90 days and trials": {
        "renewal_grace_days": 90,
        "charge_types_in_arr": ["recurring", "trial"],
    },
}
# policy -> the variables under which the ledger is built as the policy has it
POLICIES = {
    "as_configured": {},
    "reactivation_counted": {},
    "gross_cap_per_customer": {},
    "discounts_netted": {},
    "grace_30_days": {"renewal_grace_days": 30},
    "grace_90_days": {"renewal_grace_days": 90},
    "trials_left_out": {"charge_types_in_arr": ["recurring"]},
    "trials_counted": {"charge_types_in_arr": ["recurring", "trial"]},
}


@cache
def _ledger(variables: str, *marts: str) -> Ledger:
    return Ledger(json.loads(variables), only=marts)


def ledger(variables: dict, *marts: str) -> Ledger:
    """Compiled once per set of variables that differ from the defaults."""
    changed = {name: value for name, value in variables.items() if DEFAULTS[name] != value}
    return _ledger(json.dumps({**COMMON, **changed}, sort_keys=True), *marts)


def policy_rows(configured: dict, book: dict) -> dict[str, dict]:
    """Policy -> month -> row."""
    found: dict[str, dict] = {}
    run = ledger(configured, "rpt_policy_sensitivity").run(book)
    for row in run.rows("rpt_policy_sensitivity"):
        found.setdefault(row["policy"], {})[row["date_month"]] = row
    return found


def whole_build(variables: dict, book: dict) -> dict:
    """Month -> the amounts that a build of everything under these variables publishes."""
    run = ledger(variables, *BUILT).run(book)
    found = {
        row["date_month"]: {"ending_arr": row["ending_arr"]}
        for row in run.rows("rpt_arr_bridge_monthly", segment_type="all")
    }
    for row in run.rows("rpt_ndr_grr_monthly", segment_type="all"):
        found[row["date_month"]] |= row
    return found


def assert_same(rows: dict, built: dict, where: str) -> None:
    """In every month that either shows; the ledger may begin in another month under a policy."""
    assert rows, f"{where}: no rows"
    for month, row in rows.items():
        wanted = built.get(month, dict.fromkeys(AMOUNTS, 0))
        assert {name: row[name] for name in AMOUNTS} == {name: wanted[name] for name in AMOUNTS}, (
            f"{where} in {month}"
        )
    assert max(built) == max(rows), where


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("configured", CONFIGURED)
def test_a_policy_is_what_a_whole_build_under_it_gives(configured: str, seed: int) -> None:
    book, variables = random_book(seed), CONFIGURED[configured]
    found = policy_rows(variables, book)
    strict = {"grace_0_days": {"renewal_grace_days": 0}} if not variables else {}
    for policy, changed in {**POLICIES, **strict}.items():
        built = whole_build({**variables, **changed}, book)
        assert_same(found[policy], built, f"{policy}, {configured}, book {seed}")


@pytest.mark.parametrize("seed", SEEDS)
def test_without_discounts_the_ledger_is_built_from_the_other_lines(seed: int) -> None:
    book = random_book(seed)
    charges = [row for row in book["subscription_lines"] if not row["term_amount"].startswith("-")]
    assert len(charges) < len(book["subscription_lines"])
    built = whole_build({}, {**book, "subscription_lines": charges})
    assert_same(policy_rows({}, book)["discounts_left_out"], built, f"book {seed}")


@pytest.mark.parametrize("seed", SEEDS)
def test_breaks_and_product_caps_are_what_balances_give(seed: int) -> None:
    """The strict rate is published; the cap per product is summed here, customer by customer."""
    book = random_book(seed)
    found = policy_rows({}, book)
    built = whole_build({}, book)
    held = _monthly_balances(ledger({}, *BUILT).run(book).rows("int_arr_spans"))
    assert any(row["base_arr"] for row in built.values())
    for month, row in built.items():
        strict = found["reactivation_as_lost"][month]
        assert (strict["ndr"], strict["grr"]) == (row["ndr_strict"], row["grr_strict"]), month
        capped = found["gross_cap_per_product"][month]
        now = month.year * 12 + month.month
        assert capped["gross_retained_arr"] == _capped_per_product(held, now), month
        assert capped["net_retained_arr"] == row["net_retained_arr"], month


def _monthly_balances(spans: list[dict]) -> dict[int, dict[str, dict[str, Decimal]]]:
    """Month -> customer -> product -> ARR, over all currencies."""
    held: dict[int, dict[str, dict[str, Decimal]]] = {}
    last = AS_OF.year * 12 + AS_OF.month
    for span in spans:
        for month in range(span["from_month_index"], span["until_month_index"] or last + 1):
            products = held.setdefault(month, {}).setdefault(span["customer_id"], {})
            product = span["product_id"]
            products[product] = products.get(product, Decimal(0)) + span["arr"]
    return held


def _capped_per_product(held: dict, now: int) -> Decimal:
    total = Decimal(0)
    for customer, base in held.get(now - 12, {}).items():
        if sum(base.values()) > 0:
            today = held.get(now, {}).get(customer, {})
            parts = (
                min(base.get(product, Decimal(0)), today.get(product, Decimal(0)))
                for product in {*base, *today}
            )
            total += max(Decimal(0), sum(parts))
    return total


def test_differences_are_taken_from_what_is_configured_and_every_policy_has_some() -> None:
    found, moved = policy_rows({}, random_book(0)), set()
    for policy, rows in found.items():
        for month, row in rows.items():
            reference = found["as_configured"][month]
            for name in (name for name in AMOUNTS if name != "base_customers"):
                assert row[f"{name}_difference"] == row[name] - reference[name], (policy, month)
                moved |= {policy} if row[f"{name}_difference"] else set()
    assert moved == {
        "grace_0_days",
        "grace_90_days",
        "reactivation_as_lost",
        "gross_cap_per_product",
        "trials_counted",
        "discounts_left_out",
    }
