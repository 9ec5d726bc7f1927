"""Invoices beside the contracts: credits, tax, one that was never loaded, one set by hand."""

from datetime import date

from .company import Company
from .days import add_days
from .files import Table
from .stripe_invoices import TAXED_CUSTOMERS, InvoiceBook, one_time_line


def write_oddities(company: Company, tables: dict[str, Table]) -> None:
    """Everything that a reconciliation of invoices has to find."""
    book = InvoiceBook(tables)
    write_credits(book, company)
    spoil(book, company)
    for customer in company.stripe_customers:
        if customer.customer_id in TAXED_CUSTOMERS:
            company.note("sales_tax", customer, "invoices carry 8.25 per cent of tax")


def write_credits(book: InvoiceBook, company: Company) -> None:
    """Goodwill taken off by an invoice item: money, but no ARR."""
    running = [
        s for s in company.subscriptions if not s.end and s.livemode and s.interval == "month"
    ]
    for number, subscription in enumerate(running[10:12]):
        day = add_days(date(2025, 3, 12), 40 * number)
        line = one_time_line(subscription, day, -15000)
        line["price_id"] = ""
        book.invoice(subscription, day, day, "manual", [line])
        company.note("goodwill_credit", subscription.customer, f"150.00 off on {day}")


def spoil(book: InvoiceBook, company: Company) -> None:
    """What cannot be explained later: an invoice that was never loaded, an amount set by hand."""
    plain = [
        s
        for s in company.subscriptions
        if not (s.end or s.spells or s.discounts or s.trial_end or s.customer.discounts)
        and s.livemode
        and not s.is_incomplete
        and s.interval == "month"
        and s.interval_count == 1
        and s.start.year < 2025
        and all(len(item.versions) == 1 and not item.removed for item in s.items)
    ]
    for number, subscription in enumerate(plain[4:8]):
        invoices = [
            row
            for row in book.invoices.rows
            if row["subscription_id"] == subscription.subscription_id
            and row["billing_reason"] == "subscription_cycle"
        ]
        invoice = invoices[5 + number]
        lines = [row for row in book.lines.rows if row["invoice_id"] == invoice["id"]]
        if number % 2 == 0:
            book.invoices.rows.remove(invoice)
            for line in lines:
                book.lines.rows.remove(line)
            company.note("invoice_never_loaded", subscription.customer, str(invoice["created"]))
        else:
            lines[0]["amount"] -= 7700
            for column in ("subtotal", "total", "amount_paid"):
                invoice[column] -= 7700
            company.note("invoice_set_by_hand", subscription.customer, "77.00 less than agreed")
