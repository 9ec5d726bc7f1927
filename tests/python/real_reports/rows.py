"""Rows as a loader lands them, written shortly: what a case is about, and nothing else."""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

CLOCK = "10:00:00"
SYNCED = "2025-12-31 23:00:00"

Row = dict[str, Any]


def after(day: str, months: int) -> str:
    """The same day so many months later, or the last day of a shorter month."""
    year, month, number = map(int, day.split("-"))
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    return f"{date(year, month, min(number, monthrange(year, month)[1]))}"


def days_after(day: str, days: int) -> str:
    """So many days later."""
    return f"{date.fromisoformat(day) + timedelta(days=days)}"


def instant(day: str | None) -> str | None:
    """A day as the loader writes an instant of it."""
    return None if day is None else f"{day} {CLOCK}"


@dataclass
class Line:
    """A line of an invoice; without a period it has that of its invoice."""

    amount: int
    item: str | None = "si1"
    price: str | None = "p1"
    quantity: int | None = 1
    start: str | None = None
    end: str | None = None
    columns: Row = field(default_factory=dict)


@dataclass
class Rows:
    """The tables of one case: (system, table) -> rows."""

    tables: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, system: str, table: str, **columns: Any) -> None:
        """A row of any table; what is None is empty."""
        row = {name: value for name, value in columns.items() if value is not None}
        self.tables[system, table].append(row)

    def customer(self, customer: str = "c1", **columns: Any) -> None:
        self.add("stripe", "customer", id=customer, name=f"Customer {customer}", **columns)

    def subscription(
        self,
        subscription: str = "s1",
        customer: str = "c1",
        created: str = "2025-01-10",
        status: str = "active",
        **columns: Any,
    ) -> None:
        """A subscription as it stands; days are given as days."""
        times = ("start_date", "trial_start", "trial_end", "canceled_at", "ended_at", "cancel_at")
        times += ("current_period_start", "current_period_end", "billing_cycle_anchor")
        for name in times:
            if name in columns:
                columns[name] = instant(columns[name])
        columns = {"start_date": instant(created), **columns}
        self.add(
            *("stripe", "subscription_history"),
            id=subscription, customer_id=customer, status=status, created=instant(created),
            _fivetran_start=columns.pop("_fivetran_start", instant(created)),
            _fivetran_active=columns.pop("_fivetran_active", "true"),
            livemode="true", _fivetran_synced=SYNCED, **columns,
        )  # fmt: skip
        known = {row["id"] for row in self.tables["stripe", "customer"]}
        if customer not in known:
            self.customer(customer)

    def price(
        self,
        price: str = "p1",
        amount: int | None = 10000,
        interval: str = "month",
        count: int = 1,
        currency: str = "usd",
        product: str = "pr1",
        usage: str = "licensed",
        **columns: Any,
    ) -> None:
        self.add(
            *("stripe", "price"),
            id=price, product_id=product, currency=currency, type="recurring",
            unit_amount=amount, recurring_interval=interval, recurring_interval_count=count,
            recurring_usage_type=usage, **columns,
        )  # fmt: skip

    def tier(self, price: str = "p1", **columns: Any) -> None:
        self.add("stripe", "tier", price_id=price, **columns)

    def item(
        self,
        item: str = "si1",
        subscription: str = "s1",
        price: str = "p1",
        quantity: int | None = 1,
        created: str = "2025-01-10",
        synced: str = SYNCED,
        **columns: Any,
    ) -> None:
        self.add(
            *("stripe", "subscription_item"),
            id=item, subscription_id=subscription, plan_id=price, quantity=quantity,
            created=instant(created), _fivetran_synced=synced, **columns,
        )  # fmt: skip

    def invoice(
        self,
        invoice: str,
        start: str,
        end: str,
        *lines: Line,
        subscription: str | None = "s1",
        customer: str = "c1",
        off: int = 0,
        tax: int | None = None,
        tax_inside: bool = False,
        currency: str = "usd",
        status: str = "paid",
        **columns: Any,
    ) -> None:
        """An invoice with its totals; ``off`` is what discounts took off it."""
        subtotal = sum(line.amount for line in lines)
        total = subtotal - off + (0 if tax is None or tax_inside else tax)
        self.add(
            *("stripe", "invoice"),
            id=invoice, customer_id=customer, subscription_id=subscription, status=status,
            created=instant(start), currency=currency, subtotal=subtotal, tax=tax, total=total,
            livemode="true", **columns,
        )  # fmt: skip
        for number, line in enumerate(lines):
            self.add(
                *("stripe", "invoice_line_item"),
                **{
                    **dict(
                        id=f"{invoice}_{number}", invoice_id=invoice,
                        subscription_id=subscription,
                        subscription_item_id=line.item, plan_id=line.price,
                        type="subscription" if line.item else "invoiceitem",
                        proration="false", quantity=line.quantity, amount=line.amount,
                        currency=currency, period_start=instant(line.start or start),
                        period_end=instant(line.end or end), _fivetran_synced=SYNCED,
                    ),
                    **line.columns,
                },
            )  # fmt: skip

    def invoices(
        self,
        first: str,
        times: int,
        *lines: Line,
        months: int = 1,
        name: str = "in",
        off: int | list[int] = 0,
        **columns: Any,
    ) -> None:
        """Equal invoices, one after the other."""
        for number in range(times):
            taken = off[number] if isinstance(off, list) else off
            self.invoice(
                f"{name}{number + 1:02}", after(first, months * number),
                after(first, months * (number + 1)), *lines, off=taken, **columns,
            )  # fmt: skip

    def coupon(self, coupon: str, duration: str = "forever", **columns: Any) -> None:
        if "currency_options" in columns:
            columns["currency_options"] = json.dumps(columns["currency_options"])
        self.add("stripe", "coupon", id=coupon, duration=duration, **columns)

    def discount(
        self,
        coupon: str,
        start: str = "2025-01-10",
        end: str | None = None,
        subscription: str = "s1",
        discount: str = "di1",
        **columns: Any,
    ) -> None:
        self.add(
            *("stripe", "subscription_discount"),
            id=discount, coupon_id=coupon, subscription_id=subscription,
            start=instant(start), end=instant(end), **columns,
        )  # fmt: skip
