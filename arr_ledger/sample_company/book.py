"""The company's own book: lines in the reporting currency, with customer and effective end."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .catalog import MINOR_UNITS, PLAN_RATES
from .company import Company
from .contracts import FAR, Line
from .days import AS_OF, FIRST_MONTH, LAST_MONTH, month_end, month_index, rounded

GRACE = timedelta(days=30)
NO_TIME = timedelta(0)
CUSTOM_FAMILIES = {
    "relay": "Automation",
    "relay-insights": "Analytics",
    "relay-messages": "Automation",
    "relay-services": "Services",
    "relay-setup": "Services",
}


@dataclass
class BookLine:
    """A line that carries ARR, in cents of the reporting currency."""

    customer_id: str
    product_id: str
    family: str
    start: date
    end: date
    arr: int
    ends_in_pause: bool
    has_notice: bool


@dataclass
class AgreedLine(BookLine):
    """The same with the contract behind it; moves_on: into another billing system."""

    line: Line
    moves_on: bool


def customer_ids(company: Company) -> dict[tuple[str, str], str]:
    """Billing customer -> customer: merges in billing, then the CRM account, then its merges."""
    accounts = {account.account_id: account for account in company.accounts}
    customs = {customer.customer_id: customer for customer in company.custom_customers}

    def survivor(account_id: str) -> str:
        while accounts[account_id].master:
            account_id = accounts[account_id].master
        return account_id

    found = {("custom_billing", ""): "unknown"}
    for customer in company.stripe_customers:
        found["stripe", customer.customer_id] = (
            survivor(customer.account_id) if customer.account_id else customer.customer_id
        )
    for line in company.custom_lines:
        found.setdefault(("custom_billing", line.customer_id), line.customer_id)
    for customer in company.custom_customers:
        last = customer
        while last.merged_into:
            last = customs[last.merged_into]
        found["custom_billing", customer.customer_id] = (
            survivor(last.account_id) if last.account_id else last.customer_id
        )
    for move in company.cut_overs:
        found[move.old] = found[move.new]
    return found


def all_lines(company: Company) -> list[Line]:
    """Lines of both billing systems in one shape."""
    lines = [line for subscription in company.subscriptions for line in subscription.lines()]
    for row in company.custom_lines:
        lines.append(
            Line(
                ("custom_billing", row.customer_id),
                row.subscription_id,
                row.product_id,
                CUSTOM_FAMILIES[row.product_id],
                row.start,
                row.end,
                Fraction(row.amount),
                Fraction(12, row.term_months),
                row.currency,
                row.charge_type or "recurring",
                row.quantity,
                notice=row.notice,
                line_id=row.line_id,
                supersedes=row.supersedes,
                is_contracted_step=row.is_contracted_step,
            )
        )
    return lines


def book_lines(company: Company) -> list[BookLine]:
    """Lines that carry ARR, after merges, transfers, early renewals and grace."""
    booked: list[BookLine] = [*agreed_lines(company)]
    extend_by_grace(booked)
    return booked


def agreed_lines(company: Company) -> list[AgreedLine]:
    """Lines that carry ARR, after merges, transfers and early renewals: each as it was agreed."""
    ids = customer_ids(company)
    lines = [line for line in all_lines(company) if line.charge_type == "recurring"]
    holders: dict[tuple[str, str], tuple[date, str]] = {}
    for line in lines:
        key = (line.customer[0], line.subscription_id)
        holders[key] = max(holders.get(key, (date.min, "")), (line.start, ids[line.customer]))
    replaced = {line.supersedes: line.start for line in lines if line.supersedes}
    left = {move.old: move.day for move in company.cut_overs}
    arrived = {move.new: move.day for move in company.cut_overs}
    booked = []
    for line in lines:
        end = min(line.end or FAR, replaced.get(line.line_id, FAR) if line.line_id else FAR)
        start = max(line.start, arrived.get(line.customer, line.start))
        moves_on = left.get(line.customer, FAR) <= end
        end = min(end, left.get(line.customer, FAR))
        cents = line.amount * 100 / MINOR_UNITS.get(line.currency, 100)
        local = rounded(cents * line.periods_per_year)
        arr = rounded(local * PLAN_RATES.get(line.currency, Fraction(1)))
        if end > start and arr:
            booked.append(
                AgreedLine(
                    holders[line.customer[0], line.subscription_id][1],
                    line.product_id,
                    line.family,
                    start,
                    end,
                    arr,
                    line.ends_in_pause and not moves_on,
                    line.notice is not None and not moves_on,
                    line,
                    moves_on,
                )
            )
    return booked


def extend_by_grace(lines: list[BookLine]) -> None:
    """Bridge late renewals; what ended a short while ago without notice still counts."""
    groups: dict[tuple[str, str], list[BookLine]] = defaultdict(list)
    for line in lines:
        groups[line.customer_id, line.family].append(line)
    for group in groups.values():
        covered_until: date | None = None
        bridges: dict[date, date] = {}
        for line in sorted((g for g in group if g.arr > 0), key=lambda g: g.start):
            gap = line.start - covered_until if covered_until else NO_TIME
            if NO_TIME < gap <= GRACE:
                bridges[covered_until] = line.start
            covered_until = max(covered_until or line.end, line.end)
        if covered_until and NO_TIME <= AS_OF - covered_until < GRACE:
            bridges[covered_until] = FAR
        for line in group:
            if line.ends_in_pause or line.end not in bridges:
                continue
            if bridges[line.end] < FAR or not line.has_notice:
                line.end = bridges[line.end]


def monthly_arr_by_product(company: Company) -> dict[tuple[str, str], dict[int, int]]:
    """Customer and product -> month -> closing ARR in cents."""
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for line in book_lines(company):
        for month in range(max(month_index(line.start), FIRST_MONTH), LAST_MONTH + 1):
            if line.start <= month_end(month) < line.end:
                found[line.customer_id, line.product_id][month] += line.arr
    return found


def monthly_arr(company: Company) -> dict[str, dict[int, int]]:
    """Customer -> month -> closing ARR in cents, months without ARR left out."""
    totals: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (customer, _), months in monthly_arr_by_product(company).items():
        for month, arr in months.items():
            totals[customer][month] += arr
    return {
        customer: {month: arr for month, arr in sorted(months.items()) if arr}
        for customer, months in sorted(totals.items())
        if any(months.values())
    }
