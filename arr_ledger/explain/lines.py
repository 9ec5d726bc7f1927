"""The contract lines beneath a customer: what they posted, why, and which source row says so."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import duckdb

from arr_ledger.explain.effects import ZERO, Effect
from arr_ledger.explain.question import Question, months_earlier


@dataclass(frozen=True)
class Line:
    """One posting of one subscription line."""

    date_month: date
    posting_type: str
    arr_change: Fraction
    product_id: str
    product_name: str
    line_id: str
    subscription_id: str
    start_date: date
    end_date: date | None
    drivers: str
    source_system: str
    source_table: str | None
    source_row_id: str | None
    load_id: str | None


@dataclass(frozen=True)
class Part:
    """Postings of one month under one heading, and what of the effect they do not account for."""

    heading: str
    amount: Fraction
    lines: list[Line]
    rest: Fraction
    rest_reason: str


def parts_of(question: Question, effect: Effect, lines: list[Line]) -> list[Part]:
    """The effect of a customer as postings plus a named rest; nothing is left over."""
    if question.is_rate:
        return _parts_of_rate(question, effect, lines)
    parts = []
    for month, amount, sign in (
        (question.month, effect.now.left, 1),
        (question.month_before, effect.before.left, -1),
    ):
        if amount:
            posted = [line for line in lines if _counts(question, line, month)]
            verb = "moved" if sign == 1 else "moved the month before"
            rest = amount - sum((line.arr_change for line in posted), ZERO)
            reason = "carried between segments, or offset in another column"
            parts.append(Part(f"{verb}, {month:%Y-%m}", amount, posted, rest, reason))
    return parts


def _counts(question: Question, line: Line, month: date) -> bool:
    if line.date_month != month:
        return False
    if question.metric == "ending_arr":
        return True
    own_type = question.metric if question.metric in ("fx", "transfer") else "contract"
    return line.posting_type == own_type


def _parts_of_rate(question: Question, effect: Effect, lines: list[Line]) -> list[Part]:
    """What is left moves by this month's postings, the base by those of the base month."""
    if question.metric == "logo_retention":
        return _parts_of_logo(question, lines)
    base_month = months_earlier(question.month, question.window)
    left = effect.now.left - effect.before.left
    base = effect.now.base - effect.before.base
    parts = []
    for heading, month, amount, reason in (
        ("retained", question.month, left, _reason_left(question, effect)),
        ("base", base_month, base, _reason_base(effect)),
    ):
        posted = [line for line in lines if line.date_month == month]
        rest = amount - sum((line.arr_change for line in posted), ZERO)
        if amount or posted:
            parts.append(Part(f"{heading}, {month:%Y-%m}", amount, posted, rest, reason))
    return parts


def _parts_of_logo(question: Question, lines: list[Line]) -> list[Part]:
    parts = []
    for heading, month in (
        ("retained", question.month),
        ("base", months_earlier(question.month, question.window)),
    ):
        posted = [line for line in lines if line.date_month == month]
        if posted:
            total = sum((line.arr_change for line in posted), ZERO)
            parts.append(Part(f"{heading}, {month:%Y-%m}", total, posted, ZERO, ""))
    return parts


def _reason_left(question: Question, effect: Effect) -> str:
    if not effect.before.base and question.metric == "grr":
        return "active before, counts since the customer is in this base, at most the base"
    if not effect.before.base:
        return "active before, counts since the customer is in this base"
    if not effect.now.base:
        return "no longer counts: the customer is not in this base now"
    if question.metric == "grr":
        return "above the base, which GRR does not count"
    return "revalued at the rate of the month"


def _reason_base(effect: Effect) -> str:
    if not effect.before.base or not effect.now.base:
        return "active in the base month under another segment"
    return "revalued at the rate of the month"


def lines_of(
    connection: duckdb.DuckDBPyConnection, question: Question, customer_ids: list[str]
) -> dict[str, list[Line]]:
    """The postings of these customers in every month that the question looks at."""
    months = [question.month, question.month_before]
    if question.is_rate:
        months = [question.month, months_earlier(question.month, question.window)]
    rows = connection.execute(
        """
        with drivers as (
            select
                customer_id, product_id, date_month,
                string_agg(distinct driver, ', ' order by driver) as drivers
            from marts.fct_arr_movement_drivers
            where date_month in $months
            group by all
        )
        select
            postings.customer_id, postings.date_month, postings.posting_type, postings.arr_change,
            postings.product_id, coalesce(products.product_name, postings.product_id),
            postings.line_id, postings.subscription_id, postings.start_date, postings.end_date,
            coalesce(drivers.drivers, ''), postings.source_system, postings.source_table,
            postings.source_row_id, postings.load_id
        from marts.fct_arr_postings as postings
        left join drivers using (customer_id, product_id, date_month)
        left join marts.dim_products as products using (product_id)
        where postings.date_month in $months and postings.customer_id in $customer_ids
        order by
            postings.date_month desc, abs(postings.arr_change) desc, postings.line_id,
            postings.posting_type, postings.arr_change
        """,
        {"months": months, "customer_ids": customer_ids},
    ).fetchall()
    found: dict[str, list[Line]] = {customer_id: [] for customer_id in customer_ids}
    for row in rows:
        found[row[0]].append(Line(row[1], row[2], Fraction(row[3]), *row[4:]))
    return found
