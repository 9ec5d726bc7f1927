"""One subscription from its first day on: what happens to it, and what Stripe writes about it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from real_reports.cases import AS_OF
from real_reports.rows import Line, Rows, after, days_after

from .prices import Price, priced, rounded

SOLD_ONCE = {"type": "invoiceitem"}
CORRECTION = {"proration": "true", **SOLD_ONCE}
MOST_ITEMS = 4

Sold = dict[str, tuple[Price, int]]


def days_between(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


@dataclass
class Life:
    """A subscription; ``agreed`` is what was sold from which day on, and for how many percent less.

    ``is_net``: corrections are charged less their discount, as Stripe writes them by default; else
    the invoice takes it off all its lines.
    """

    choice: random.Random
    rows: Rows = field(default_factory=Rows)
    agreed: list[tuple[str, Sold]] = field(default_factory=list)
    items: Sold = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    pending: list[Line] = field(default_factory=list)
    ended: str | None = None
    asked: str | None = None
    ends_with_period: bool = False
    prices: int = 0
    invoices: int = 0

    def __post_init__(self) -> None:
        self.months = self.choice.choice([1, 1, 1, 3, 12])
        self.percent_off = self.choice.choice([0, 0, 20, 25])
        self.is_net = self.choice.random() < 0.5
        self.has_item_ids = self.choice.random() < 0.8
        # a line without an item is of the only one
        self.has_meter = self.has_item_ids and self.choice.random() < 0.3
        self.created = f"2024-{self.choice.randint(1, 12):02}-{self.choice.randint(1, 28):02}"

    def live(self) -> None:
        """Sells, changes and invoices until the subscription or the year ends."""
        most = 2 if self.has_item_ids else 1
        for _ in range(self.choice.randint(1, most)):
            self._add(self.created, self.choice.randint(1, 12))
        trial_end = self._begin()
        change = days_after(self.start, self.choice.randint(1, 120))
        leave = days_after(self.start, self.choice.randint(20, 900))
        while (day := min(self.end, change, leave)) <= AS_OF and self.ended is None:
            if day == self.end:
                self._renew()
            elif day == leave:
                self._leave(day)
                leave = "9999-12-31"
            else:
                if day > self.start:
                    self._change(day)
                change = days_after(day, self.choice.randint(1, 200))
        self._write(trial_end)

    def arr(self, day: str) -> Decimal:
        """Of what was agreed, at the end of a day."""
        if self.ended is not None and day >= self.ended:
            return Decimal(0)
        sold = [items for since, items in self.agreed if since <= day]
        share = Decimal(100 - self.percent_off) / 100
        return sum(
            (rounded(p.arr(q) * share, "0.01") for p, q in (sold[-1] if sold else {}).values()),
            Decimal(0),
        )

    # ---- what happens ----

    def _begin(self) -> str | None:
        """A trial, a part of a period up to the first of a month, or a period at once."""
        kind = self.choice.choice(["at once", "at once", "at once", "trial", "anchor"])
        self.anchor, trial_end = self.created, None
        if kind == "trial":
            self.anchor = trial_end = days_after(self.created, self.choice.choice([7, 14, 30]))
            free = [Line(0, *self._ids(i, p), q) for i, (p, q) in self.items.items()]
            self._invoice(self.created, trial_end, free)
        elif kind == "anchor" and not self.created.endswith("-01"):
            self.anchor = after(f"{self.created[:7]}-01", 1)
            self.start, self.end = after(self.anchor, -self.months), self.anchor
            self.agreed.append((self.created, dict(self.items)))
            parts = [self._correction(i, p, q, self.created) for i, (p, q) in self.items.items()]
            self._invoice(self.created, self.anchor, parts)
        self.periods = -1
        self.end = self.anchor
        self._renew()
        self.agreed.append((self.start, dict(self.items)))
        return trial_end

    def _renew(self) -> None:
        if self.ends_with_period:
            self.ended = self.end
            if self.pending:
                self._invoice(self.end, self.end, self.pending)
            return
        self.periods += 1
        self.start = after(self.anchor, self.months * self.periods)
        self.end = after(self.anchor, self.months * (self.periods + 1))
        lines = self._regular() + self.pending
        if self.has_meter and self.periods:
            units = self.choice.choice([None, self.choice.randint(1, 90)])
            used = self.choice.randint(0, 900) * 10
            lines.append(Line(used, "meter", "meter", units, after(self.start, -1), self.start))
        if self.choice.random() < 0.1:
            lines.append(Line(5000, None, None, 1, self.start, self.start, dict(SOLD_ONCE)))
        self.pending = []
        self._invoice(self.start, self.end, lines)

    def _leave(self, day: str) -> None:
        """With the period, or at once with or without a credit for what is left of it."""
        self.asked = day
        self.ends_with_period = self.choice.random() < 0.5
        if self.ends_with_period:
            return
        self.ended = day
        lines = []
        if day > self.start and self.choice.random() < 0.5:
            lines = [self._correction(i, p, q, day, -1) for i, (p, q) in self.items.items()]
        if lines or self.pending:
            self._invoice(day, self.end, self.pending + lines)

    def _change(self, day: str) -> None:
        kinds = ["seats", "seats", "price", "interval"]
        if self.has_item_ids:
            kinds += ["add"] * (len(self.items) < MOST_ITEMS) + ["remove"] * (len(self.items) > 1)
        kind, item = self.choice.choice(kinds), self.choice.choice(sorted(self.items))
        price, quantity = self.items[item]
        if kind == "interval":
            self._change_interval(day)
            return
        lines = []
        if kind == "add":
            item = self._add(day, self.choice.randint(1, 5))
            lines.append(self._correction(item, *self.items[item], day))
        else:
            lines.append(self._correction(item, price, quantity, day, -1))
            if kind == "remove":
                del self.items[item]
            else:
                if kind == "seats":
                    quantity = max(1, quantity + self.choice.choice([-3, -2, -1, 1, 2, 5]))
                else:
                    price = self._price(item)
                self.items[item] = price, quantity
                lines.append(self._correction(item, price, quantity, day))
        self.agreed.append((day, dict(self.items)))
        # what is not invoiced by the last day cannot be known
        if self.choice.random() < 0.5 or self.end > AS_OF:
            self._invoice(day, self.end, lines)
        else:
            self.pending += lines

    def _change_interval(self, day: str) -> None:
        """A new period begins on the day; the rest of the old one is credited."""
        lines = [self._correction(i, p, q, day, -1) for i, (p, q) in self.items.items()]
        self.months = self.choice.choice([months for months in (1, 3, 12) if months != self.months])
        for item, (_, quantity) in self.items.items():
            self.items[item] = self._price(item), quantity
        self.anchor, self.periods = day, 0
        self.start, self.end = day, after(day, self.months)
        self.agreed.append((day, dict(self.items)))
        lines = self._regular() + self.pending + lines
        self.pending = []
        self._invoice(day, self.end, lines)

    # ---- what Stripe writes ----

    def _add(self, day: str, quantity: int) -> str:
        item = f"si{len(self.added) + 1}"
        self.added[item] = day
        self.items[item] = self._price(item), quantity
        return item

    def _price(self, item: str) -> Price:
        """A new one, half of them of another product."""
        self.prices += 1
        product = f"product_{item}_{self.choice.randint(1, 2)}"
        return priced(self.rows, self.choice, f"p{self.prices}", self.months, product)

    def _ids(self, item: str, price: Price) -> tuple[str | None, str]:
        """The item, which older versions of the API leave out, and the price of a line."""
        return item if self.has_item_ids else None, price.price_id

    def _regular(self) -> list[Line]:
        return [
            Line(price.amount(quantity), *self._ids(item, price), quantity)
            for item, (price, quantity) in sorted(self.items.items())
        ]

    def _correction(self, item: str, price: Price, quantity: int, day: str, sign: int = 1) -> Line:
        """The part of the running period that is left, charged or credited."""
        left, whole = days_between(day, self.end), days_between(self.start, self.end)
        amount = rounded(Decimal(price.amount(quantity)) * left / whole)
        if self.is_net:
            amount = rounded(amount * (100 - self.percent_off) / 100)
        ids = self._ids(item, price)
        return Line(int(sign * amount), *ids, quantity, day, self.end, dict(CORRECTION))

    def _invoice(self, start: str, end: str, lines: list[Line]) -> None:
        self.invoices += 1
        taken = sum(
            line.amount for line in lines if not (self.is_net and "proration" in line.columns)
        )
        off = int(rounded(Decimal(taken) * self.percent_off / 100))
        if not self.has_item_ids:
            for line in lines:
                line.columns = {"type": "subscription", **line.columns}
        if self.choice.random() < 0.05:
            self.rows.invoice(f"void{self.invoices}", start, end, *lines, off=off, status="void")
        self.rows.invoice(f"in{self.invoices:03}", start, end, *lines, off=off)

    def _write(self, trial_end: str | None) -> None:
        """The subscription, its items and its coupon, as they stand in the end."""
        trial = {"trial_start": self.created, "trial_end": trial_end} if trial_end else {}
        end = {"canceled_at": self.asked} if self.asked else {}
        if self.ended:
            end["ended_at"] = self.ended
        elif self.ends_with_period:
            end |= {"cancel_at": self.end, "cancel_at_period_end": "true"}
        self.rows.subscription(
            created=self.created, status="canceled" if self.ended else "active",
            current_period_start=self.start, current_period_end=self.end,
            billing_cycle_anchor=self.anchor, **trial, **end,
        )  # fmt: skip
        for item, (price, quantity) in self.items.items():
            created = self.added[item]
            self.rows.item(item, price=price.price_id, quantity=quantity, created=created)
        if self.has_meter:
            self.rows.price("meter", amount=10, product="meter", usage="metered")
            self.rows.item("meter", price="meter", quantity=None, created=self.created)
        if self.percent_off:
            self.rows.coupon("coupon", percent_off=self.percent_off)
            self.rows.discount("coupon", start=self.created)
