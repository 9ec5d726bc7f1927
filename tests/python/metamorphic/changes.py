"""Changes of a book that must leave its figures alone, or move them in a way known beforehand."""

from __future__ import annotations

import copy
import datetime
import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from metamorphic.books import Book, Row, add_months, day, days_in_month

ID_COLUMNS = {
    "subscription_lines": (
        "line_id",
        "subscription_id",
        "customer_id",
        "product_id",
        "supersedes_line_id",
    ),
    "customers": ("customer_id", "parent_customer_id", "merged_into_customer_id"),
    "products": ("product_id", "product_family"),
}
DATE_COLUMNS = {
    "subscription_lines": ("start_date", "end_date", "notice_date"),
    "customers": ("created_date",),
}


def with_lines(book: Book, lines: list[Row]) -> Book:
    """The book with other lines."""
    return {**book, "subscription_lines": lines}


def shuffled(book: Book, seed: int) -> Book:
    """Every table in another order."""
    rng = random.Random(seed)
    return {table: rng.sample(rows, len(rows)) for table, rows in book.items()}


def scaled(book: Book, factor: int) -> Book:
    """Every amount so many times as large."""
    return with_lines(
        book,
        [
            {**line, "term_amount": Decimal(str(line["term_amount"])) * factor}
            for line in book["subscription_lines"]
        ],
    )


def in_whole_units(book: Book) -> Book:
    """Every line as the yearly amount that it comes to, so that scaling rounds nothing anew."""
    return with_lines(
        book,
        [
            {**line, "term_amount": yearly_amount(line), "term_months": 12}
            for line in book["subscription_lines"]
        ],
    )


def yearly_amount(line: Row) -> Decimal:
    """ARR of a line in its own currency, to whole units."""
    amount = Decimal(str(line["term_amount"])) * 12 / Decimal(str(line["term_months"]))
    return amount.quantize(Decimal(1), ROUND_HALF_UP)


def renamed(book: Book, name_of: Callable[[str], str]) -> Book:
    """Every id of customers, products, families, subscriptions and lines by another name."""
    return {
        table: [
            {
                column: name_of(value) if value and column in ID_COLUMNS.get(table, ()) else value
                for column, value in row.items()
            }
            for row in rows
        ]
        for table, rows in book.items()
    }


def reversed_name(name: str) -> str:
    """Another name for each name, and sorted the other way round."""
    return "".join(chr(158 - ord(letter)) for letter in name) + "~"


def split_lines(book: Book, seed: int, share: float = 0.5) -> Book:
    """Lines cut in two at any day inside them; a line that another replaces stays whole.

    Both pieces belong to the subscription that the line was in, be it a subscription of its own.
    """
    rng = random.Random(seed)
    replaced = {line.get("supersedes_line_id") for line in book["subscription_lines"]}
    lines: list[Row] = []
    for line in book["subscription_lines"]:
        start, end = day(line["start_date"]), day(line["end_date"])
        days = ((end or start + datetime.timedelta(days=800)) - start).days
        if days < 2 or line["line_id"] in replaced or rng.random() > share:
            lines.append(line)
            continue
        cut = start + datetime.timedelta(days=rng.randrange(1, days))
        whole = {**line, "subscription_id": line.get("subscription_id") or line["line_id"]}
        lines.append({**whole, "end_date": cut})
        lines.append(
            {
                **whole,
                "line_id": f"{line['line_id']}/rest {seed}",
                "start_date": cut,
                "supersedes_line_id": None,
            }
        )
    return with_lines(book, lines)


def merged_lines(book: Book) -> Book:
    """Lines that go on as they were on the day the last one ended, as one line."""
    lines: list[Row] = []
    for line in book["subscription_lines"]:
        last = lines[-1] if lines else {}
        own = {"line_id", "start_date", "end_date", "supersedes_line_id"}
        goes_on = day(last.get("end_date")) == day(line["start_date"]) and all(
            last.get(column) == value for column, value in line.items() if column not in own
        )
        if goes_on and not line.get("supersedes_line_id"):
            lines[-1] = {**last, "end_date": line["end_date"]}
        else:
            lines.append(line)
    return with_lines(book, lines)


def moved_by_months(book: Book, months: int) -> Book:
    """Every day so many months later; days must stand on first days of months."""
    return {
        table: [
            {
                column: add_months(day(value), months)
                if value and column in DATE_COLUMNS.get(table, ())
                else value
                for column, value in row.items()
            }
            for row in rows
        ]
        for table, rows in book.items()
    }


def on_first_days(book: Book) -> Book:
    """Every day of a line moved to the first of its month."""
    return with_lines(
        book,
        [
            {
                column: day(value).replace(day=1)
                if value and column in DATE_COLUMNS["subscription_lines"]
                else value
                for column, value in line.items()
            }
            for line in book["subscription_lines"]
        ],
    )


def starts_inside_their_months(book: Book, seed: int) -> Book:
    """Every start on another day of its month, no start moved past the end of its line.

    The start of a subscription says who holds it and ends what it replaces: such lines stay.
    """
    rng = random.Random(seed)
    lines = []
    for line in book["subscription_lines"]:
        start, end = day(line["start_date"]), day(line["end_date"])
        latest = start.replace(day=days_in_month(start))
        if end and end <= latest:
            latest = max(start, end - datetime.timedelta(days=1))
        chosen = start.replace(day=rng.randint(1, latest.day))
        lines.append({**line, "start_date": chosen})
    return with_lines(book, lines)


def without_links(book: Book) -> Book:
    """Lines that stand alone: no subscription, nothing replaced."""
    return with_lines(
        book,
        [
            {**line, "subscription_id": None, "supersedes_line_id": None}
            for line in book["subscription_lines"]
        ],
    )


def without_merges(book: Book) -> Book:
    """Every customer is its own."""
    customers = [{**row, "merged_into_customer_id": None} for row in book["customers"]]
    return {**book, "customers": customers}


def in_currency(book: Book, currency: str, rate: Decimal) -> Book:
    """The same amounts, all of them in one currency with one plan rate."""
    lines = [{**line, "currency": currency} for line in book["subscription_lines"]]
    rates = [{"currency": currency, "month_end": None, "rate": rate}]
    return {**with_lines(book, lines), "fx_rates": rates}


def with_month_end_rates(book: Book, rate_of: Callable[[str, int], Decimal]) -> Book:
    """A rate for every currency and month end beside the plan rates."""
    plan = [dict(row) for row in book.get("fx_rates", []) if not row["month_end"]]
    first = datetime.date(2019, 12, 1)
    months = [add_months(first, number) for number in range(100)]
    rates = [
        {
            "currency": row["currency"],
            "month_end": month.replace(day=days_in_month(month)),
            "rate": rate_of(row["currency"], number),
        }
        for row in plan
        for number, month in enumerate(months)
    ]
    return {**book, "fx_rates": plan + rates}


def joined(*books: Book) -> Book:
    """The rows of several books that share products and rates."""
    together: Book = {}
    for book in books:
        for table, rows in book.items():
            known = together.setdefault(table, [])
            shared = table in ("products", "fx_rates")
            known += [copy.copy(row) for row in rows if not (shared and row in known)]
    return together


def dead_lines(book: Book) -> list[Row]:
    """Lines that carry no ARR, for customers of the book and for new ones."""
    dead = []
    for number, line in enumerate(book["subscription_lines"]):
        common = {
            **line,
            "line_id": f"dead/{number}",
            "subscription_id": f"dead/{number}",
            "supersedes_line_id": None,
        }
        if number % 5 == 0:
            common["customer_id"] = f"nobody/{number}"
        dead.append(
            {
                **common,
                **(
                    {"term_amount": 0},
                    {"end_date": line["start_date"]},
                    {"charge_type": "one_time"},
                    {"charge_type": "services"},
                )[number % 4],
            }
        )
    return dead


def cut_to_what_is_known(book: Book, known: datetime.date) -> Book:
    """Without lines that begin later, and with no end that is still ahead."""
    lines = []
    for line in book["subscription_lines"]:
        end = day(line["end_date"])
        if day(line["start_date"]) <= known:
            lines.append({**line, "end_date": end if end and end <= known else None})
    return with_lines(book, lines)
