"""What tables say together, before anything is built: currencies without a rate, circles.

Both would end a build long after it began, so a landing that has one is refused.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb

from arr_ledger.landing.declared import default_variables
from arr_ledger.landing.kept import DELETED
from arr_ledger.landing.problems import LandingRefusedError, Problem, masked, shown
from arr_ledger.project import PROJECT_FOLDER
from arr_ledger.sql import quoted

RATES = "custom_billing.fx_rates"
MONTH_END_RATE = "month_end_rate"
USUAL_EXPONENT = 2
CENT = "0.01"
LENGTH_OF_SHORT_SALESFORCE_IDS = 15
OF_USE = ("price_id", "plan_id", "subscription_id", "quantity")
# invoices that were never sent or need no payment
NOT_INVOICED = "('draft', 'void')"


@dataclass(frozen=True)
class Landed:
    """The tables that are about to land: <system>.<table> to the relation that holds it."""

    connection: duckdb.DuckDBPyConnection
    tables: Mapping[str, str]

    def columns(self, table: str) -> set[str]:
        described = self.connection.execute(f"describe {self.tables[table]}").fetchall()
        return {name for (name, *_) in described}

    def read(self, table: str, *names: str) -> str:
        """A query of these columns; one that did not land is null."""
        if table not in self.tables:
            nothing = ", ".join(f"null as {quoted(name)}" for name in names)
            return f"(select {nothing} where false)"
        there = self.columns(table)
        listed = ", ".join(
            quoted(name) if name in there else f"null as {quoted(name)}" for name in names
        )
        return f"(select {listed} from {self.tables[table]})"


def check_company(landed: Landed, variables: Mapping[str, Any]) -> list[str]:
    """LandingRefusedError names every currency without a rate and every circle.

    Returns a sentence where rates may be those of another currency, and per column whose ids may
    have lost their zeros or stand in no table.
    """
    problems = [
        *_currencies_without_rate(landed, variables),
        *_closed_in_another_currency(landed, variables),
        *_circles(landed),
    ]
    if problems:
        raise LandingRefusedError(problems)
    of_ids = list(_other_zeros(landed)) or list(_not_listed(landed))
    return [*_rates_in_another_currency(landed, variables), *of_ids]


@cache
def exponents() -> dict[str, int]:
    """Decimals of the currencies that have other than two, as Stripe writes minor units."""
    path = PROJECT_FOLDER / "seeds" / "reference" / "stripe_currency_exponents.csv"
    with path.open(encoding="utf-8") as content:
        return {row["currency"]: int(row["minor_unit_exponent"]) for row in csv.DictReader(content)}


def _currencies_without_rate(landed: Landed, variables: Mapping[str, Any]) -> Iterator[Problem]:
    policy = {**default_variables(), **variables}
    reporting = str(policy["reporting_currency"]).upper()
    by_month = policy["fx_mode"] == MONTH_END_RATE
    month_end = f"month_end is {'not ' if by_month else ''}null"
    rates = landed.read(RATES, "currency", "month_end")
    uses = " union all ".join(_uses(landed, policy))
    found = landed.connection.execute(
        f"""
        select upper(currency) as currency, table_name, count(*), sum(abs(amount))
        from ({uses}) as uses
        where
            currency is not null and upper(currency) <> ? and amount is distinct from 0
            and upper(currency) not in (select upper(currency) from {rates} where {month_end})
        group by all order by all
        """,
        [reporting],
    ).fetchall()
    kind = "month-end rate" if by_month else "plan rate"
    row = "{0},<month end>,<rate>" if by_month else "{0},,<rate>"
    for currency in dict.fromkeys(each[0] for each in found):
        used = " and ".join(
            _used(currency, table, rows, amount)
            for name, table, rows, amount in found
            if name == currency
        )
        what = f"has no {kind} for {currency}, used by {used}"
        remedy = (
            f"add a row {row.format(currency)} to fx_rates.csv (reporting currency {reporting})"
        )
        yield Problem(f"{RATES.replace('.', '/')}.csv", what, remedy)


def _rates_in_another_currency(landed: Landed, variables: Mapping[str, Any]) -> Iterator[str]:
    """The reporting currency is worth one of itself; rates that say otherwise lead to another."""
    reporting = str({**default_variables(), **variables}["reporting_currency"]).upper()
    found = landed.connection.execute(
        f"""
        select min(rate) from {landed.read(RATES, "currency", "rate")}
        where upper(currency) = ? and try_cast(rate as decimal(38, 8)) <> 1
        """,
        [reporting],
    ).fetchone()
    if found and found[0] is not None:
        yield (
            f"{RATES.replace('.', '/')}, column rate: {reporting} is the reporting currency and has"
            f" the rate {float(found[0]):g}, which is not read; check that the other rates say what"
            f" a unit is worth in {reporting}."
        )


def _closed_in_another_currency(landed: Landed, variables: Mapping[str, Any]) -> Iterator[Problem]:
    """What was reported in dollars and what is known in euros have no difference to explain.

    A closing that does not say its currency is known by its lines: one in the reporting currency
    is worth there what it is worth itself.
    """
    reporting = str({**default_variables(), **variables}["reporting_currency"]).upper()
    months = landed.read("closings.closed_months", "closed_month", "reporting_currency")
    lines = landed.read(
        "closings.closed_lines", "closed_month", "currency", "arr", "arr_in_line_currency"
    )
    found = landed.connection.execute(
        f"""
        select months.closed_month, months.reporting_currency
        from {months} as months
        where
            upper(months.reporting_currency) <> $reporting
            or months.reporting_currency is null and exists (
                select 1 from {lines} as lines
                where
                    lines.closed_month = months.closed_month
                    and upper(lines.currency) = $reporting
                    and abs(lines.arr - lines.arr_in_line_currency) > {CENT}
            )
        order by months.closed_month
        """,
        {"reporting": reporting},
    ).fetchall()
    if found:
        month, currency = found[0]
        more = f", as {len(found) - 1:,} more" if found[1:] else ""
        said = f"in {currency}" if currency else "in another currency"
        what = f"{month:%Y-%m} was closed {said}{more}, and this run reports in {reporting}"
        remedy = (
            "report in the currency of the closings, or move the folder closings away and close"
            " the months again"
        )
        yield Problem("closings/closed_months.csv", what, remedy, column="reporting_currency")


def _used(currency: str, table: str, rows: int, amount: Decimal | None) -> str:
    label = table.replace(".", "/")
    if amount is not None and table.startswith("stripe."):
        amount = Decimal(amount).scaleb(-exponents().get(currency, USUAL_EXPONENT))
    worth = "" if amount is None else f" ({amount:,.2f})"
    return f"{rows:,} {'row' if rows == 1 else 'rows'} of {label}{worth}"


def _uses(landed: Landed, policy: Mapping[str, Any]) -> Iterator[str]:
    """Queries of table_name, currency and amount: what has to be stated in one currency.

    A null amount is one that is not known here. Minor units of Stripe stay what they are.
    """

    def use(table: str, currency: str, amount: str, where: str, *others: str) -> str:
        read = landed.read(table, currency, amount, *others)
        return (
            f"select '{table}' as table_name, cast({currency} as varchar) as currency,"
            f" coalesce(try_cast({amount} as decimal(38, 4)), 0) as amount"
            f" from {read} where {where}"
        )

    lines = "custom_billing.subscription_lines"
    is_read = f"{DELETED} is null" if policy["deleted_lines"] == "never_existed" else "true"
    yield use(lines, "currency", "term_amount", is_read, DELETED)
    yield use("custom_billing.post_sale_expenses", "currency", "amount", "true")
    is_live = "coalesce(livemode, true) and not coalesce(is_deleted, false)"
    is_sent = f"coalesce(status, 'paid') not in {NOT_INVOICED}"
    in_force = "coalesce(_fivetran_active, true)"
    yield use(
        *("stripe.invoice", "currency", "total", f"{is_live} and {is_sent} and {in_force}"),
        *("livemode", "is_deleted", "status", "_fivetran_active"),
    )
    yield from _prices_used(landed)
    yield use("stripe.subscription_item_change_events", "currency", "mrr_change", "true")
    yield use(
        *("salesforce.opportunity", "currency_iso_code", "amount"),
        *(f"not coalesce(is_deleted, false) and {in_force}", "is_deleted", "_fivetran_active"),
    )


def _prices_used(landed: Landed) -> Iterator[str]:
    """Prices of items and lines whose invoices are not there, which would say the currency."""
    read = landed.read
    for table, amount in (("price", "unit_amount"), ("plan", "amount")):
        yield f"""
            select 'stripe.{table}' as table_name, price.currency,
                coalesce(
                    used.amount,
                    cast(price.{amount} as decimal(24, 4)) * coalesce(used.quantity, 1),
                    try_cast(price.decimals as decimal(24, 4)) * coalesce(used.quantity, 1)
                ) as amount
            from (
                select *, {amount}_decimal as decimals
                from {read(f"stripe.{table}", "id", "currency", amount, f"{amount}_decimal")}
            ) as price
            join (
                select coalesce(price_id, plan_id) as price, subscription_id, quantity,
                    null as amount
                from {read("stripe.subscription_item", *OF_USE, "_fivetran_active")}
                where coalesce(_fivetran_active, true)
                union all
                select coalesce(price_id, plan_id), subscription_id, quantity, amount
                from {read("stripe.invoice_line_item", *OF_USE, "amount")}
            ) as used on price.id = used.price
            where
                used.subscription_id not in (
                    select subscription_id from {read("stripe.invoice", "subscription_id")}
                    where subscription_id is not null
                )
                and used.subscription_id not in (
                    select line.subscription_id
                    from {read("stripe.invoice_line_item", "subscription_id", "invoice_id")} as line
                    join {read("stripe.invoice", "id")} as invoice on line.invoice_id = invoice.id
                    where line.subscription_id is not null
                )
                and used.subscription_id not in (
                    select id from (
                        from {read("stripe.subscription", "id", "livemode")} union all
                        from {read("stripe.subscription_history", "id", "livemode")}
                    ) where not livemode
                )
            """


def _other_zeros(landed: Landed) -> Iterator[str]:
    """Ids of lines that their table lists with other zeros: 00123 for 123, 123 for 123.0."""
    lines = "custom_billing.subscription_lines"
    for table, key in (("customers", "customer_id"), ("products", "product_id")):
        form = f"ltrim(regexp_replace({key}, '[.]0+$', ''), '0')"
        listed = landed.read(f"custom_billing.{table}", key)
        found = landed.connection.execute(
            f"""
            select used.id, min(listed.id) from (
                select distinct {key} as id, {form} as form from {landed.read(lines, key)}
                where regexp_full_match({key}, '[0-9]+([.]0+)?')
            ) as used
            join (select {key} as id, {form} as form from {listed}) as listed
                on used.form = listed.form
            where used.id not in (select {key} from {listed})
            group by all order by all
            """
        ).fetchall()
        if found:
            used, known = found[0]
            more = f" ({len(found):,} such ids in all)" if found[1:] else ""
            yield (
                f"{lines.replace('.', '/')}, column {key}: {used!r} is not in {table}, which has"
                f" {known!r}{more}; a spreadsheet may have changed the zeros: export both as text."
            )


def _not_listed(landed: Landed) -> Iterator[str]:
    """Customers of lines, parents and survivors that the table of customers does not list."""
    customers = "custom_billing.customers"
    if customers not in landed.tables:
        return
    listed = landed.read(customers, "customer_id")
    for table, column in (
        ("custom_billing.subscription_lines", "customer_id"),
        (customers, "parent_customer_id"),
        (customers, "merged_into_customer_id"),
    ):
        count, first = landed.connection.execute(
            f"""
            select count(distinct {column}), min({column}) from {landed.read(table, column)}
            where {column} <> '' and {column} not in (select customer_id from {listed})
            """
        ).fetchone()
        if count:
            more = f" ({count:,} such ids in all)" if count > 1 else ""
            yield (
                f"{table.replace('.', '/')}, column {column}: {shown(first)} is not in"
                f" customers{more}; add it there, or correct the id."
            )


def _circles(landed: Landed) -> Iterator[Problem]:
    customers, accounts = "custom_billing.customers", "salesforce.account"
    lines = "custom_billing.subscription_lines"
    nouns = {customers: "customers", accounts: "accounts", lines: "lines"}
    in_force = "coalesce(_fivetran_active, true)"
    for table, key, other, verb, remedy in (
        (customers, "customer_id", "merged_into_customer_id", "merged into each other", "merges"),
        (customers, "customer_id", "parent_customer_id", "parents of each other", "parents"),
        (accounts, "id", "master_record_id", "merged into each other", "merges"),
        (accounts, "id", "parent_id", "parents of each other", "parents"),
        (lines, "line_id", "supersedes_line_id", "superseded by each other", "links"),
    ):
        read = landed.read(table, key, other, "_fivetran_active")
        links = dict(
            landed.connection.execute(
                f"select {key}, {other} from {read} where {other} <> '' and {in_force} order by all"
            ).fetchall()
        )
        for circle in _circles_of(links, is_salesforce=table == accounts):
            way = " -> ".join(masked(each) for each in [*circle, circle[0]])
            what = f"{nouns[table]} are {verb} in a circle: {way}"
            yield Problem(
                table.replace(".", "/"), what, f"take out one of the {remedy}", column=other
            )


def _circles_of(links: Mapping[str, str], is_salesforce: bool) -> list[list[str]]:
    """Every circle once, from its first id on; 15 and 18 characters of Salesforce are one id."""

    def short(value: str) -> str:
        return value[:LENGTH_OF_SHORT_SALESFORCE_IDS] if is_salesforce else value

    names = {short(key): key for key in links}
    # what points at itself points nowhere
    following = {
        short(key): short(value) for key, value in links.items() if short(key) != short(value)
    }
    seen: set[str] = set()
    circles = []
    for start in sorted(following):
        path: list[str] = []
        here = start
        while here in following and here not in seen:
            seen.add(here)
            path.append(here)
            here = following[here]
        if here in path:
            circle = path[path.index(here) :]
            first = circle.index(min(circle))
            circles.append([names[each] for each in circle[first:] + circle[:first]])
    return circles
