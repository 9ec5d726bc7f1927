"""Prices of Stripe: what so many units cost for one period, and the rows that say so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from real_reports.rows import Rows

INTERVALS = {1: ("month", 1), 3: ("month", 3), 12: ("year", 1)}
UNITS = (500, 1000, 2500, 9900, 12000)
FEE = 700  # flat, in the first tier
FIRST_TIER = 4
PACKAGE = 5


def rounded(amount: Decimal | int, to: str = "1") -> Decimal:
    return Decimal(amount).quantize(Decimal(to), ROUND_HALF_UP)


@dataclass(frozen=True)
class Price:
    """A price by its id; ``cost`` is in minor units."""

    price_id: str
    months: int
    cost: Callable[[int], Decimal]

    def amount(self, quantity: int) -> int:
        return int(rounded(self.cost(quantity)))

    def arr(self, quantity: int) -> Decimal:
        return self.cost(quantity) * 12 / self.months / 100


def priced(rows: Rows, choice: random.Random, price_id: str, months: int, product: str) -> Price:
    """A new price of any kind, with its rows."""
    unit = choice.choice(UNITS) * months
    kind = choice.choice(["unit", "unit", "unit", "graduated", "volume", "package", "decimal"])
    cheaper = int(unit * Decimal("0.8"))
    columns: dict[str, object] = {"amount": None}
    if kind == "unit":
        columns["amount"] = unit
        cost = by_unit(unit)
    elif kind == "decimal":
        exact = unit + Decimal("0.35")
        columns["unit_amount_decimal"] = f"{exact}"
        cost = by_unit(exact)
    elif kind == "package":
        columns |= {"amount": unit, "transform_quantity_divide_by": PACKAGE}
        columns["transform_quantity_round"] = "up"
        cost = by_package(unit)
    else:
        columns["tiers_mode"] = kind
        rows.tier(price_id, up_to=FIRST_TIER, unit_amount=unit, flat_amount=FEE)
        rows.tier(price_id, unit_amount=cheaper)
        cost = graduated(unit, cheaper) if kind == "graduated" else by_volume(unit, cheaper)
    interval, count = INTERVALS[months]
    rows.price(price_id, interval=interval, count=count, product=product, **columns)
    return Price(price_id, months, cost)


def by_unit(unit: Decimal | int) -> Callable[[int], Decimal]:
    return lambda units: Decimal(unit * units)


def by_package(unit: int) -> Callable[[int], Decimal]:
    return lambda units: Decimal(unit * -(-units // PACKAGE))


def graduated(unit: int, cheaper: int) -> Callable[[int], Decimal]:
    return lambda units: Decimal(
        FEE + unit * min(units, FIRST_TIER) + cheaper * max(units - FIRST_TIER, 0)
    )


def by_volume(unit: int, cheaper: int) -> Callable[[int], Decimal]:
    return lambda units: Decimal(FEE + unit * units if units <= FIRST_TIER else cheaper * units)
