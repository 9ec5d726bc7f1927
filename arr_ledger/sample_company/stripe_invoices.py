"""Invoices in full history: periods, prorations, one-off items, void and deleted ones."""

from datetime import date
from fractions import Fraction

from .catalog import COUPONS, Price
from .company import Company
from .contracts import AloneInvoice, Item, Subscription, discounts_of, products_of
from .days import AS_OF, add_days, rounded
from .files import Table, instant

PRICE_ID_SINCE = date(2023, 1, 1)
SALES_TAX = Fraction("0.0825")
TAXED_CUSTOMERS = ("cus_0010", "cus_0020")
STATUS_IN_SPELL = {
    "void": "void",
    "keep_as_draft": "draft",
    "mark_uncollectible": "uncollectible",
    "past_due": "open",
    "unpaid": "draft",
}


class InvoiceBook:
    """Writes invoices and their lines with running numbers."""

    def __init__(self, tables: dict[str, Table]) -> None:
        self.invoices = tables["invoice"]
        self.lines = tables["invoice_line_item"]
        self.latest: dict[str, str] = {}

    def invoice(
        self,
        subscription: Subscription,
        day: date,
        end: date,
        reason: str,
        lines: list[dict[str, object]],
        off: int = 0,
        status: str = "paid",
        is_deleted: bool = False,
        written: date | None = None,
    ) -> None:
        """An invoice with its lines; tax that a price includes is part of them already."""
        invoice_id = f"in_{following(self.invoices):05d}"
        included = sum(int(line.pop("included_tax", 0)) for line in lines)
        subtotal = sum(int(line["amount"]) for line in lines)
        if included:
            # the discount is known without tax: tax falls with what it is a part of
            net = subtotal - included
            included, off = included * (net - off) // net, off * subtotal // net
        at = instant(written or day, subscription.clock)
        customer_id = subscription.customer.customer_id
        tax = rounded((subtotal - off) * SALES_TAX) if customer_id in TAXED_CUSTOMERS else 0
        self.invoices.add(
            id=invoice_id,
            customer_id=customer_id,
            subscription_id=subscription.subscription_id,
            status=status,
            billing_reason=reason,
            created=at,
            period_start=instant(day, subscription.clock),
            period_end=instant(end, subscription.clock),
            currency=subscription.currency.lower(),
            subtotal=subtotal,
            tax=tax + included or None,
            total=subtotal - off + tax,
            amount_paid=max(0, subtotal - off + tax) if status == "paid" else 0,
            status_transitions_paid_at=at if status == "paid" else "",
            status_transitions_voided_at=at if status == "void" else "",
            is_deleted=is_deleted,
            livemode=subscription.livemode,
        )
        self.latest[subscription.subscription_id] = invoice_id
        for line in lines:
            self.lines.add(
                id=f"il_{following(self.lines):05d}",
                invoice_id=invoice_id,
                subscription_id=subscription.subscription_id,
                currency=subscription.currency.lower(),
                discountable=not line.get("proration"),
                livemode=subscription.livemode,
                **line,
            )


def following(table: Table) -> int:
    """The number after that of the last row."""
    return int(str(table.rows[-1]["id"])[3:]) + 1 if table.rows else 1


def write_invoices(book: InvoiceBook, subscriptions: list[Subscription]) -> None:
    """All invoices of some subscriptions."""
    for subscription in subscriptions:
        write_periods(book, subscription)
        if not subscription.silent_change:
            write_prorations(book, subscription)
        for day, _, cents in subscription.one_time:
            book.invoice(
                subscription,
                day,
                day,
                "manual",
                [one_time_line(subscription, day, cents)],
            )


def write_alone(book: InvoiceBook, alone: AloneInvoice) -> None:
    """An invoice for services that belongs to no subscription."""
    at, currency = instant(alone.day, "10:00:00"), alone.currency.lower()
    invoice_id = f"in_{following(book.invoices):05d}"
    book.invoices.add(
        id=invoice_id,
        customer_id=alone.customer.customer_id,
        status="paid",
        billing_reason="manual",
        created=at,
        period_start=at,
        period_end=at,
        currency=currency,
        subtotal=alone.amount,
        total=alone.amount,
        amount_paid=alone.amount,
        status_transitions_paid_at=at,
        is_deleted=False,
        livemode=True,
    )
    book.lines.add(
        id=f"il_{following(book.lines):05d}",
        invoice_id=invoice_id,
        type="invoiceitem",
        amount=alone.amount,
        currency=currency,
        quantity=1,
        period_start=at,
        period_end=at,
        proration=False,
        discountable=True,
        livemode=True,
    )


def one_time_line(subscription: Subscription, day: date, cents: int) -> dict[str, object]:
    """A line that stands for itself."""
    return {
        "type": "invoiceitem",
        "price_id": "services_implementation_usd",
        "amount": cents,
        "quantity": 1,
        "period_start": instant(day, subscription.clock),
        "period_end": instant(day, subscription.clock),
        "proration": False,
    }


def write_discarded(book: InvoiceBook, company: Company) -> None:
    """Invoices that say something wrong and were voided or deleted."""
    running = [
        s
        for s in company.subscriptions
        if not s.end and s.interval == "month" and s.customer.account_id
    ]
    for number, subscription in enumerate(running[:4]):
        day = add_days(subscription.start, 40)
        _, price, quantity = subscription.items[0].versions[0]
        line = line_of(
            subscription, subscription.items[0], price, quantity * 10, day, add_days(day, 30)
        )
        is_deleted = number % 2 == 0
        book.invoice(
            subscription,
            day,
            add_days(day, 30),
            "manual",
            [line],
            status="draft" if is_deleted else "void",
            is_deleted=is_deleted,
        )
        company.note(
            "deleted_invoice" if is_deleted else "void_invoice",
            subscription.customer,
            f"ten times the seats on {day}, never valid",
        )


def write_periods(book: InvoiceBook, subscription: Subscription) -> None:
    """One invoice a billing period, and one without an amount for a trial."""
    trial_end, end = subscription.trial_end, subscription.end
    if trial_end and subscription.trial_is_invoiced:
        item = subscription.items[0]
        _, price, quantity = item.versions[0]
        line = line_of(subscription, item, price, quantity, subscription.start, trial_end)
        free_of_charge(line)
        book.invoice(subscription, subscription.start, trial_end, "subscription_create", [line])
    number = 0
    while (day := subscription.period_start(number)) <= AS_OF and (end is None or day < end):
        if subscription.last_invoiced and day > subscription.last_invoiced:
            return
        until = subscription.period_end(number)
        number += 1
        held = [(item, found) for item in subscription.items if (found := item.at(day))]
        lines = [
            line
            for item, found in held
            for line in lines_of(subscription, item, *found, day, until)
        ]
        if subscription.free_time and day == subscription.free_time[0]:
            book.invoice(
                subscription, day, until, "subscription_update", list(map(free_of_charge, lines))
            )
            continue
        spell = next((s for s in subscription.spells if s.covers(day)), None)
        status = STATUS_IN_SPELL[spell.kind] if spell else "paid"
        if subscription.is_incomplete:
            status = "void"
        reason = "subscription_create" if number == 1 and not trial_end else "subscription_cycle"
        issued_anew = day in subscription.issued_anew
        if issued_anew:
            wrong = [
                line_of(subscription, item, price, quantity + 5, day, until)
                for item, (price, quantity) in held
            ]
            book.invoice(subscription, day, until, reason, wrong, status="void")
        book.invoice(
            subscription,
            day,
            until,
            "manual" if issued_anew else reason,
            lines,
            taken_off(subscription, held, day, until),
            status,
            written=add_days(day, 2) if issued_anew else None,
        )
        if subscription.is_incomplete:
            return


def taken_off(
    subscription: Subscription,
    held: list[tuple[Item, tuple[Price, int]]],
    day: date,
    until: date,
) -> int:
    """What the discounts take off one invoice, coupons for one invoice included."""
    gross = {
        item.item_id: Fraction(rounded(price.amount(quantity)))
        for item, (price, quantity) in held
        if price.charge_type != "usage"
    }
    products = products_of({item.item_id: found for item, found in held})
    for item, (price, _) in held:
        # a discount of the invoice takes its share of the usage too
        if price.has_minimum:
            usage = f"{item.item_id}/usage"
            gross[usage] = Fraction(sum(unit * n for n, unit, _ in price.reached(used_by(day))))
            products[usage] = products[item.item_id]
    once = [
        d
        for d in subscription.discounts
        if COUPONS[d.coupon_id].duration == "once" and day <= d.start < until
    ]
    return int(sum(discounts_of(gross, subscription.discounts_on(day) + once, products).values()))


def free_of_charge(line: dict[str, object]) -> dict[str, object]:
    """The line of a trial: everything as it will be, for nothing."""
    line["amount"], line["unit_amount_excluding_tax"] = 0, "0"
    return line


def lines_of(
    subscription: Subscription,
    item: Item,
    price: Price,
    quantity: int,
    day: date,
    until: date,
    share: Fraction = Fraction(1),
) -> list[dict[str, object]]:
    """The lines of an item for a period, or for a share of it: one, or one for each tier."""
    line = line_of(subscription, item, price, quantity, day, until)
    if price.has_minimum:
        charged = [(units, unit, 0) for units, unit, _ in price.reached(used_by(day))]
        charged.insert(0, (0, 0, price.tiers[0][2]))
    elif price.line_per_tier:
        charged = price.reached(quantity)
    else:
        if share != 1:
            line.update(amount=rounded(price.amount(quantity) * share), proration=True)
        return [line]
    lines = []
    for units, unit, flat in charged:
        if units:
            lines.append(part_of(line, units, unit * units * share, str(unit)))
        if flat:
            lines.append(part_of(line, None if price.has_minimum else 0, flat * share, ""))
    return [one | {"proration": share != 1} for one in lines]


def used_by(day: date) -> int:
    """Units that a meter with a minimum counts in the period that begins on a day."""
    return 700 + day.toordinal() * 7919 % 1100


def part_of(
    line: dict[str, object], units: int | None, amount: Fraction, unit: str
) -> dict[str, object]:
    """The line of one tier, or of its flat fee."""
    return line | {
        "quantity": units,
        "amount": rounded(amount),
        "unit_amount_excluding_tax": unit,
    }


def line_of(
    subscription: Subscription,
    item: Item,
    price: Price,
    quantity: int,
    day: date,
    until: date,
) -> dict[str, object]:
    """A regular line: this item, this price, this quantity, this period."""
    amount = rounded(price.amount(quantity))
    unit = price.unit_amount
    tax = {}
    if price.includes_tax:
        amount = int(unit) * quantity
        tax = {"included_tax": amount - rounded(price.amount(quantity))}
        unit = unit / (1 + price.includes_tax)
    if price.charge_type == "usage":
        quantity = 400 + day.toordinal() * 7919 % 9000
        amount = rounded(quantity * unit)
    is_old = day < PRICE_ID_SINCE
    return {
        "subscription_item_id": item.item_id,
        "type": "subscription",
        "amount": amount,
        "quantity": quantity,
        "price_id": "" if is_old else price.price_id,
        "plan_id": price.price_id if is_old else "",
        "unit_amount_excluding_tax": "" if unit is None else f"{float(unit):.12g}",
        "proration": False,
        "period_start": instant(day, subscription.clock),
        "period_end": instant(until, subscription.clock),
        **tax,
    }


def write_prorations(book: InvoiceBook, subscription: Subscription) -> None:
    """A credit and a charge for every change that does not fall on the start of a period."""
    changes: dict[date, list[tuple[Item, tuple[Price, int] | None, tuple[Price, int] | None]]] = {}
    for item in subscription.items:
        days = [since for since, _, _ in item.versions] + ([item.removed] if item.removed else [])
        for day in days:
            if day > subscription.start and day <= AS_OF:
                before = item.at(add_days(day, -1)) if day > item.versions[0][0] else None
                changes.setdefault(day, []).append((item, before, item.at(day)))
    for day in sorted(changes):
        number = 0
        while subscription.period_start(number + 1) <= day:
            number += 1
        start, until = subscription.period_start(number), subscription.period_start(number + 1)
        if start == day:
            continue
        share = Fraction((until - day).days, (until - start).days)
        lines = []
        for item, before, after in changes[day]:
            for held, sign in ((before, -1), (after, 1)):
                if held is None or (sign < 0 and not held[0].amount(held[1])):
                    continue
                lines += lines_of(subscription, item, *held, day, until, sign * share)
        if lines:
            book.invoice(subscription, day, until, "subscription_update", lines)
