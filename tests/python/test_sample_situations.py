"""Situations of the sample company worked out by hand: ARR of a customer, from when on."""

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest

from arr_ledger.sample import ANSWER_KEY, PROJECT
from arr_ledger.sample_company.situations_identity import long_id

KEY = PROJECT / ANSWER_KEY
LAST_MONTH = "2026-06"
EUR, UGX, ISK, JPY, KWD = map(Fraction, ("1.08", "0.00027", "0.0072", "0.0067", "3.25"))
Steps = list[tuple[str, Fraction | int]]

# situation -> customer by customer: from which month on which ARR, in US dollars
WORKED: dict[str, list[Steps]] = {
    # tiers are summed over their lines, from the day on which the seats change
    "graduated_lines": [
        [
            ("2025-02", 12 * (10 * 20 + 15 * 16)),
            ("2025-07", 12 * (10 * 20 + 30 * 16 + 15 * 12)),
        ],
        [("2025-04", 12 * (10 * 20 + 30 * 16 + 15 * 12)), ("2026-01", 12 * (10 * 20 + 20 * 16))],
        [("2024-09", 10 * 200 + 10 * 150), ("2025-03", 10 * 200 + 35 * 150)],
    ],
    "graduated_lines_without_tiers": [
        [("2025-03", 12 * (10 * 18 + 2 * 14)), ("2025-09", 12 * (10 * 18 + 20 * 14))],
        [("2025-08", 12 * (10 * 18 + 8 * 14))],
    ],
    "tier_flat_fee": [
        [("2025-01", 12 * (150 + 15 * 12)), ("2025-10", 12 * (150 + 21 * 12))],
        [("2025-06", 12 * (10 * 10 + Fraction("25.50") + 4 * 9))],
    ],
    "volume_lines": [
        [("2025-04", 12 * (18 * 15 + 50)), ("2025-11", 12 * (24 * 11 + 80))],
        [("2025-09", 12 * (30 * 11 + 80))],
    ],
    # Stripe writes UGX and ISK in hundredths, JPY in whole yen, KWD in thousandths
    "minor_units": [
        [("2025-02", 12 * 12 * 35000 * UGX)],
        [("2025-07", 12 * 15 * 4200 * ISK)],
        [("2025-03", 12 * 20 * 1800 * JPY)],
        [
            ("2025-05", 12 * 16 * Fraction("4.250") * KWD),
            ("2025-12", 12 * 17 * Fraction("4.250") * KWD),
        ],
    ],
    # 27.00 EUR are charged, the 30.00 USD of the price row are not
    "price_of_many_currencies": [
        [("2025-01", 12 * 14 * 27 * EUR)],
        [("2025-05", 12 * 9 * 27 * EUR), ("2025-12", 12 * 11 * 27 * EUR)],
        [("2025-06", 12 * 10 * 30)],
    ],
    "invoice_in_another_currency": [[("2025-04", 12 * 11 * 42)], [("2025-10", 12 * 11 * 42)]],
    "opportunity_in_another_currency": [
        [("2025-03", 12 * 12 * Fraction("27.50"))],
        [("2025-11", 12 * 20 * Fraction("27.50"))],
    ],
    # 47.60 with 7.60 of tax
    "tax_included": [
        [("2025-02", 12 * 25 * 40 * EUR)],
        [("2025-08", 12 * 10 * 40 * EUR), ("2026-02", 12 * 15 * 40 * EUR)],
        [("2025-03", 12 * 10 * 40 * Fraction("0.8") * EUR), ("2025-06", 12 * 10 * 40 * EUR)],
    ],
    "committed_minimum": [
        [("2025-03", 12 * 450)],
        [("2025-09", 12 * (8 * 11 + 120))],
        [("2025-08", 12 * 450 * Fraction("0.65"))],
    ],
    "decimal_amounts_only": [
        [("2025-04", 12 * 13 * Fraction("21.50"))],
        [("2025-10", 12 * (10 * 19 + 6 * 15))],
    ],
    # 20 % for three months: off a year, off no invoice of a year, off a quarter, off the quarter
    # invoiced next, off three months, off three months from the next invoice on
    "coupon_as_long_as_its_invoices": [
        [("2025-01", 4536 * Fraction("0.8")), ("2026-01", 4536)],
        [("2024-10", Fraction("5443.20"))],
        [
            ("2025-02", 4 * Fraction("1461.60") * Fraction("0.8")),
            ("2025-05", 4 * Fraction("1461.60")),
        ],
        [
            ("2025-03", 4 * 1218),
            ("2025-06", 4 * 1218 * Fraction("0.8")),
            ("2025-09", 4 * 1218),
        ],
        [("2025-05", 12 * 378 * Fraction("0.8")), ("2025-08", 12 * 378)],
        [("2025-05", 12 * 420), ("2025-08", 12 * 420 * Fraction("0.8")), ("2025-11", 12 * 420)],
    ],
    # the amount is taken off as often as there is an invoice
    "coupon_amount_per_invoice": [
        [("2025-03", 4536 - Fraction("100.01"))],
        [("2025-07", Fraction("2721.60") - 10)],
        [("2025-06", 12 * (8 * 42 - 10))],
    ],
    "coupon_of_many_currencies": [
        [("2025-04", 12 * (399 - 9) * EUR)],
        [("2025-08", (5 * Fraction("430.90") - 9) * EUR)],
    ],
    "coupon_of_some_products": [
        [("2025-01", 12 * (420 + 150 / 2))],
        [("2025-05", 12 * (420 + 75 + 55 - 60))],
        [("2025-09", 12 * (420 + (150 + 110) * Fraction("0.9")))],
    ],
    "coupon_deleted": [
        [("2025-02", 12 * 500 * Fraction("0.85"))],
        [("2024-11", 2700 * Fraction("0.85"))],
    ],
    "coupon_made_anew": [
        [("2025-03", 12 * 504 * Fraction("0.8"))],
        [("2025-01", 4536 * Fraction("0.8"))],
        [("2026-03", 12 * 420 * Fraction("0.65"))],
    ],
    "coupons_on_one_invoice": [
        [("2025-04", 12 * (420 * Fraction("0.93") - 10))],
        [("2025-10", 12 * 420 * Fraction("0.65") * Fraction("0.95"))],
    ],
    # a payer's trial counts, at the price that follows
    "free_time": [
        [("2024-08", 4536)],
        [("2025-01", 12 * 9 * 42)],
        [("2025-02", 12 * 8 * 42), ("2025-10", 12 * 8 * Fraction("44.10"))],
        [("2025-01", 12 * 420 * Fraction("0.93"))],
    ],
    "replaced_in_trial": [
        [("2025-01", 12 * 12 * 42), ("2025-08", 12 * 12 * 59)],
        [("2025-03", 12 * 7 * 42)],
    ],
    "backdated": [[("2025-01", 12 * 10 * 42)], [("2024-11", 12 * 14 * 42)]],
    # never both at a time
    "moved_and_backdated": [
        [("2025-01", 12 * 10 * 42)],
        [("2025-02", 12 * 10 * 42), ("2025-09", 12 * 10 * Fraction("44.10"))],
    ],
    "item_row_stayed": [
        [("2025-03", 12 * (420 + 6 * 15)), ("2025-11", 12 * 420)],
        [("2025-05", 12 * (420 + 6 * 15)), ("2026-03", 12 * 420)],
    ],
    "invoice_issued_anew": [[("2025-04", 12 * 13 * 42)], [("2025-07", 12 * 13 * 42)]],
    # the subscription says active: it counts, and a finding asks
    "invoices_stopped": [[("2025-01", 12 * 9 * 42)], [("2024-03", Fraction("3175.20"))]],
    # two billing customers of one account, and one of the account that differs in capitals alone
    "crm_id_of_15_characters": [
        [("2025-02", 12 * 110), ("2025-06", 12 * (110 + 420))],
        [("2025-04", 12 * 110)],
    ],
    "ids_alike": [
        [("2025-10", 4800)],
        [("2025-04", 4800)],
        [("2025-03", 12 * 8 * 42)],
        [("2025-09", 12 * 8 * 42)],
    ],
    "seats_join_contract": [
        [("2025-02", 18000), ("2025-10", 18000 + 3600)],
        [("2025-03", 18000), ("2025-09", 18000 + 3600)],
    ],
    "discount_meets": [
        [("2025-03", 12 * 10 * 40 * Fraction("0.8") * EUR), ("2025-06", 12 * 10 * 40 * EUR)],
        [("2025-06", 12 * 440 * Fraction("0.93"))],
        [("2025-07", 12 * (330 - 10))],
        [("2025-08", 12 * 450 * Fraction("0.65"))],
        [("2025-01", 12 * 420 * Fraction("0.93"))],
    ],
    # a discount that was taken off lasts until the next invoice
    "coupon_forever": [
        [("2022-04", Fraction("14288.40"))],
        [("2021-11", Fraction("14288.40")), ("2024-11", Fraction("20412.00"))],
    ],
    "coupon_in_trial": [
        [("2022-06", 20664 * Fraction("0.75")), ("2022-12", 20664)],
        [("2025-03", 20664 * Fraction("0.75")), ("2025-08", 20664)],
    ],
}


def rows_of(name: str) -> list[dict[str, str]]:
    """Rows of a file of the answer key."""
    with (KEY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def arr() -> dict[str, dict[str, Decimal]]:
    """Customer -> month -> ARR of the key."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows_of("customer_arr_monthly"):
        found[row["customer_id"]][row["date_month"][:7]] = Decimal(row["arr"])
    return found


def steps_of(months: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Months in which ARR becomes another."""
    steps: list[tuple[str, Decimal]] = []
    for month, amount in sorted(months.items()):
        if not steps or steps[-1][1] != amount:
            steps.append((month, amount))
    return steps


@pytest.mark.parametrize("situation", WORKED)
def test_the_key_says_what_the_rules_give_by_hand(
    arr: dict[str, dict[str, Decimal]], situation: str
) -> None:
    customers = sorted(
        {r["customer_id"] for r in rows_of("situations") if r["situation"] == situation}
    )
    assert len(customers) == len(WORKED[situation])
    for customer, steps in zip(customers, WORKED[situation], strict=True):
        assert steps_of(arr[customer]) == [
            (month, Decimal(f"{float(amount):.2f}")) for month, amount in steps
        ], customer
        assert max(arr[customer]) == LAST_MONTH


def test_a_salesforce_id_of_18_characters_ends_in_the_checksum_of_its_capitals() -> None:
    # the example in the help of Salesforce, and one without a capital
    assert long_id("001A0000006Vm9u") == "001A0000006Vm9uIAC"
    assert long_id("0015f0000000001") == "0015f0000000001AAA"


def test_the_stripe_extract_has_the_shapes_that_were_planted() -> None:
    """What the situations stand on, read off the seeds themselves."""
    folder = PROJECT / "seeds" / "sample_extracts" / "stripe"

    def seed(name: str) -> list[dict[str, str]]:
        path = folder / f"sample_stripe__{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    lines = seed("invoice_line_item")
    tiered = [row for row in lines if row["price_id"] == "core_steps_usd"]
    assert {row["proration"] for row in tiered} == {"true", "false"}
    flat = [row for row in lines if row["price_id"] == "core_base_usd" and row["quantity"] == "0"]
    assert {int(row["amount"]) for row in flat if row["proration"] == "false"} == {15000}
    assert all(
        row["flat_amount"] == "" and row["flat_amount_decimal"] == "2550"
        for row in seed("tier")
        if row["price_id"] == "core_base_fine_usd" and row["up_to"]
    )
    assert not [row for row in seed("tier") if row["price_id"] == "core_steps_lost_usd"]
    coupons = {row["id"]: row for row in seed("coupon")}
    assert "founders" not in coupons
    assert coupons["loyal"]["percent_off"] == "35"
    given = [
        row for row in seed("subscription_discount") if row["coupon_id"] in ("founders", "loyal")
    ]
    invoices = {row["subscription_id"]: row for row in seed("invoice") if row["subscription_id"]}
    off = sorted(
        1
        - Fraction(invoices[row["subscription_id"]]["total"])
        / Fraction(invoices[row["subscription_id"]]["subtotal"])
        for row in given
    )
    shares = (0.15, 0.15, 0.2, 0.2, 0.35, 0.35, 0.3825)
    assert off == [pytest.approx(share, abs=1e-4) for share in shares]
    currencies = {row["currency"] for row in seed("subscription_history")}
    assert currencies == {"usd", "eur", "gbp", "ugx", "isk", "jpy", "kwd"}
    alone = [row for row in seed("invoice") if not row["subscription_id"]]
    assert [row["currency"] for row in alone] == ["cad", "cad"]
