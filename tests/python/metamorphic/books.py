"""Books to change: every golden book that fits into one, and random companies full of edges."""

from __future__ import annotations

import datetime
import random
from typing import Any

from ledger_harness import PROJECT_FOLDER, merge_books, read_book

Row = dict[str, Any]
Book = dict[str, list[Row]]

GOLDEN = PROJECT_FOLDER / "tests" / "golden" / "books"
AS_OF = datetime.date(2025, 12, 31)
EARLIER = datetime.date(2024, 10, 31)
LATEST_START = datetime.date(2026, 3, 1)

TERMS = (1, 3, 6, 12, 12, 12, 24)
# days between two terms: none, around the grace limit, longer; below zero the renewal is early
GAPS = (0, 0, 0, 0, 1, 29, 30, 31, 32, 75, 200, -10)
SEGMENTS = ("enterprise", "mid_market", None)
REGIONS = ("EMEA", "AMER", None)
TIERS = ("basic", "pro", None)
CURRENCIES = ("USD", "USD", "USD", "EUR", "GBP")
# the golden books bring one for EUR
RATES = {"GBP": "1.5"}
PRODUCTS = [
    {"product_id": "core_basic", "product_family": "core", "revenue_type": "recurring"},
    {"product_id": "core_plus", "product_family": "core", "revenue_type": "recurring"},
    {"product_id": "analytics", "product_family": "analytics", "revenue_type": None},
    {"product_id": "audit", "product_family": None, "revenue_type": "recurring"},
    {"product_id": "setup", "product_family": "setup", "revenue_type": "one_time"},
]
SOLD = ("core_basic", "core_basic", "core_plus", "analytics", "audit", "setup", "unlisted")


def one_book_of_all(seeds: tuple[int, ...]) -> Book:
    """Golden books and random companies in one run: planning costs more than rows."""
    book = golden_book()
    for seed in seeds:
        company = random_book(seed)
        for table, rows in company.items():
            book[table] += rows
    book["fx_rates"] += [
        {"currency": currency, "month_end": None, "rate": rate} for currency, rate in RATES.items()
    ]
    return book


def golden_book() -> Book:
    """The golden books as one; left out is what is refused, has rates of its own or of each month,
    moves between billing systems, or tells books apart in another way.
    """
    books = {}
    for folder in sorted(GOLDEN.iterdir()):
        book = read_book(folder)
        has_industry = any(row.get("industry") for row in book.get("customers", []))
        if (
            book.get("subscription_lines")
            and not has_industry
            and not {"billing_cut_overs", "customer_versions"} & set(book)
            and '"fx_mode"' not in (folder / "book.json").read_text()
            and "missing_rate" not in folder.name
        ):
            books[folder.name] = book
    return {table: [dict(row) for row in rows] for table, rows in merge_books(books).items()}


def random_book(seed: int, customers: int = 60) -> Book:
    """A company whose customers renew early, late and never, move up, down, away and together."""
    rng = random.Random(seed)
    names = [f"company {seed}/customer {number:03}" for number in range(customers)]
    lines: list[Row] = []
    for name in names:
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            lines += _run_of_lines(rng, name, names, seed * 10_000 + len(lines))
    return {
        "customers": [_customer(rng, names, number) for number in range(0, customers, 2)],
        "products": PRODUCTS if seed == 1 else [],
        "subscription_lines": lines,
    }


def day(value: Any) -> datetime.date | None:
    """A day of a book, which may be text."""
    if isinstance(value, datetime.date) or value in (None, ""):
        return value or None
    return datetime.date.fromisoformat(value)


def add_months(start: datetime.date, months: int) -> datetime.date:
    """The same day so many months on, or the last one of a shorter month."""
    index = start.year * 12 + start.month - 1 + months
    first = datetime.date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(start.day, days_in_month(first)))


def days_in_month(value: datetime.date) -> int:
    """28 to 31."""
    first = value.replace(day=1)
    return ((first + datetime.timedelta(days=32)).replace(day=1) - first).days


def _customer(rng: random.Random, names: list[str], number: int) -> Row:
    """Parents and survivors stand earlier in the list, so that no chain is a circle."""
    earlier = names[: max(number, 1)]
    return {
        "customer_id": names[number],
        "parent_customer_id": rng.choice(earlier) if number and rng.random() < 0.2 else None,
        "merged_into_customer_id": rng.choice(earlier) if number and rng.random() < 0.1 else None,
        "segment": rng.choice(SEGMENTS),
        "region": rng.choice(REGIONS),
    }


def _run_of_lines(rng: random.Random, customer: str, names: list[str], taken: int) -> list[Row]:
    """One subscription, or a line without one: terms that follow each other with gaps."""
    product, currency = rng.choice(SOLD), rng.choice(CURRENCIES)
    subscription = f"subscription_{taken}" if rng.random() < 0.8 else None
    start = _first_day(rng)
    monthly, seats = rng.randrange(2, 60) * 12, rng.choice((None, 1, 5, 10))
    lines: list[Row] = []
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        months = rng.choice(TERMS)
        length = months if rng.random() < 0.8 else rng.choice((1, 7, 14))
        end = add_months(start, length)
        line = {
            "line_id": f"line_{taken + len(lines)}",
            "subscription_id": subscription,
            "customer_id": customer,
            "product_id": product,
            "plan_tier": rng.choice(TIERS),
            "start_date": start,
            "end_date": end,
            "term_amount": monthly * months,
            "term_months": months,
            "quantity": seats,
            "currency": currency,
            "charge_type": rng.choice((None, "recurring", "recurring", "recurring", "trial")),
            "supersedes_line_id": None,
            "notice_date": start if rng.random() < 0.1 else None,
            "is_contracted_step": rng.choice((None, False, True)),
        }
        gap = rng.choice(GAPS)
        if lines and start < lines[-1]["end_date"]:
            line["supersedes_line_id"] = lines[-1]["line_id"]
        lines.append(line)
        start = end + datetime.timedelta(days=gap)
        if start > LATEST_START:
            break
        monthly = max(12, monthly + rng.choice((-24, -12, 0, 0, 12, 36)))
        seats = seats and max(1, seats + rng.choice((-1, 0, 0, 2)))
        product = rng.choice(("core_basic", "core_plus")) if product[:4] == "core" else product
        if rng.random() < 0.04:
            customer = rng.choice(names)
    if rng.random() < 0.5:
        lines[-1]["end_date"] = None
    if rng.random() < 0.15:
        lines.append(_discount(lines[0], taken + len(lines)))
    return lines


def _discount(line: Row, number: int) -> Row:
    """A recurring discount beside a line, once in a while larger than the line."""
    return {
        **line,
        "line_id": f"line_{number}",
        "term_amount": -(line["term_amount"] // 4 // 24 * 24 + line["term_months"] * 12),
        "quantity": None,
        "supersedes_line_id": None,
    }


def _first_day(rng: random.Random) -> datetime.date:
    """Edges of months, 29 February, or any day."""
    month = datetime.date(rng.randrange(2021, 2026), rng.randrange(1, 13), 1)
    return rng.choice(
        (
            month,
            month.replace(day=days_in_month(month)),
            month.replace(day=rng.randrange(1, 29)),
            datetime.date(2024, 2, 29),
        )
    )
