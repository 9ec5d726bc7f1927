"""Random books of custom_billing in which customers come, pause, renew late, try, get discounts."""

from __future__ import annotations

import datetime
import decimal
import random
from collections.abc import Iterator

FIRST_DAY = datetime.date(2022, 1, 1)
AS_OF = datetime.date(2025, 12, 31)
GAPS = [0, 0, 0, 1, 14, 29, 30, 31, 60, 89, 90, 91, 150]
SEGMENTS = ["smb", "enterprise", None]
FAMILIES = {"P1": "core", "P2": "core", "P3": "add_on"}


def random_book(seed: int, customers: int = 60) -> dict[str, list[dict]]:
    """A book of so many customers; the same seed gives the same book."""
    dice = random.Random(seed)
    names = [f"C{number}" for number in range(customers)]
    lines = [line for name in names for line in _lines(dice, name)]
    for number, line in enumerate(lines):
        line |= {"line_id": f"L{number}", "subscription_id": f"S{number}", "term_months": 12}
    return {
        "customers": [{"customer_id": name, "segment": dice.choice(SEGMENTS)} for name in names],
        "customer_versions": [row for name in names for row in _versions(dice, name)],
        "products": [
            {"product_id": product, "product_family": family}
            for product, family in FAMILIES.items()
        ],
        "subscription_lines": lines,
        "fx_rates": [{"currency": "EUR", "rate": "1.1"}],
    }


def _lines(dice: random.Random, customer: str) -> Iterator[dict]:
    """One or two threads of terms, each with gaps between them, now and then a discount beside."""
    for _ in range(dice.choice([1, 1, 2])):
        product, currency = dice.choice(list(FAMILIES)), dice.choice(["USD", "USD", "EUR"])
        start = FIRST_DAY + datetime.timedelta(dice.randrange(1000))
        for term in range(dice.randint(1, 5)):
            days = dice.choice([20, 31, 100, 180, 365, 365])
            end = start + datetime.timedelta(days)
            if start > AS_OF:
                return
            is_trial = dice.random() < (0.3 if term == 0 else 0.1)
            line = {
                "customer_id": customer,
                "product_id": product,
                "start_date": start,
                "end_date": None if dice.random() < 0.1 else end,
                "term_amount": f"{dice.randint(100, 99999) / 100:.2f}",
                "quantity": 1,
                "currency": currency,
                "charge_type": "trial" if is_trial else "recurring",
                "notice_date": start if dice.random() < 0.1 else None,
            }
            yield line
            if dice.random() < 0.25:
                share = decimal.Decimal(dice.choice(["0.1", "0.3", "1.3"]))
                amount = -decimal.Decimal(line["term_amount"]) * share
                yield {**line, "term_amount": f"{amount:.2f}"}
            if line["end_date"] is None:
                break
            start = end + datetime.timedelta(dice.choice(GAPS))
            product = dice.choice([product, product, *FAMILIES])


def _versions(dice: random.Random, customer: str) -> Iterator[dict]:
    if dice.random() < 0.3:
        for year in (2022, 2024):
            yield {
                "customer_id": customer,
                "valid_from": datetime.date(year, dice.randint(1, 12), 1),
                "segment": dice.choice(SEGMENTS),
            }
