"""Opportunities: most movements have one in their month, renewals their own, some fit nothing."""

import random
from datetime import date
from fractions import Fraction

from .answer_key import Key
from .book import CUSTOM_FAMILIES, customer_ids, monthly_arr_by_product
from .canaries import person
from .catalog import PLAN_RATES, PRODUCTS
from .company import Company
from .contracts import FAR, Account, AccountVersion
from .days import (
    AS_OF,
    FIRST_MONTH,
    LAST_MONTH,
    add_days,
    add_months,
    month_end,
    month_index,
    month_start,
    rounded,
)
from .files import Table, decimal_text, instant
from .opportunity_key import TEAMS

SEED = 20260630
SOURCES = ("CSM", "AM", "Professional Services", "Sales", "Self-serve", "")
SHARES = (34, 30, 10, 8, 10, 8)
# what Salesforce shows where the stored text is another
CATEGORY_LABELS = {"BestCase": "Best Case", "Forecast": "Commit"}
LEADS = ("Web", "Referral", "Partner", "Event", "Outbound")
CRM_IDS = {product.product_id: product.crm_id for product in PRODUCTS.values()} | {
    "relay": "01t000000000005",
    "relay-insights": "01t000000000003",
}

# what CSMs say of renewals that are open: few are given up
OPEN_CATEGORIES = (*["Forecast"] * 13, *["BestCase"] * 4, *["Pipeline"] * 2, "Omitted")


class Writer:
    """Writes opportunities and their products with running numbers."""

    def __init__(
        self, company: Company, opportunities: Table, items: Table, seed: int = SEED
    ) -> None:
        self.rng = random.Random(seed)
        self.accounts = {account.account_id: account for account in company.accounts}
        self.opportunities, self.items = opportunities, items

    def add(
        self,
        account: Account,
        kind: str,
        cents: int,
        close: date,
        outcome: str,
        source: str = "",
        product: str = "",
        forecast: str = "",
        is_deleted: bool = False,
        currency: str = "",
    ) -> None:
        """An opportunity; outcome is won, lost or open."""
        rng = self.rng
        category = forecast or {"won": "Closed", "lost": "Omitted"}[outcome]
        created = min(add_days(close, -rng.randrange(20, 110)), AS_OF)
        at = instant(created, f"{rng.randrange(8, 18):02d}:05:00")
        self.enter(
            account,
            kind,
            cents,
            close,
            at,
            source,
            product,
            stage_name={"won": "Closed Won", "lost": "Closed Lost", "open": "Negotiation"}[outcome],
            is_won=outcome == "won",
            is_closed=outcome != "open",
            forecast_category=category,
            currency_iso_code=currency,
            probability={
                "won": 100,
                "lost": 0,
                "open": {"Forecast": 90, "BestCase": 60}.get(category, 30),
            }[outcome],
            system_modstamp=at,
            lead_source=rng.choice(LEADS) if kind == "New Business" else "",
            is_deleted=is_deleted,
        )

    def enter(
        self,
        account: Account,
        kind: str,
        cents: int,
        close: date,
        at: str,
        source: str,
        product: str,
        **values: object,
    ) -> None:
        """A row of an opportunity and of its product, if it names one."""
        opportunity_id = f"0065f00000{len(self.opportunities.rows) + 1:05d}"
        category = str(values["forecast_category"])
        self.opportunities.add(
            id=opportunity_id,
            account_id=account.account_id,
            name=f"{account.name} {kind} {close:%Y-%m}, {person(len(self.opportunities.rows) + 1)}",
            type=kind,
            forecast_category_name=CATEGORY_LABELS.get(category, category),
            amount=decimal_text(cents),
            close_date=close,
            created_date=at,
            owner_id=owner_of(account, kind, source, close),
            sourced_by_c=source,
            has_opportunity_line_item=bool(product),
            **values,
        )
        if product:
            self.items.add(
                id=f"00k5f00000{len(self.items.rows) + 1:05d}",
                opportunity_id=opportunity_id,
                product_2_id=CRM_IDS[product],
                quantity=1,
                unit_price=decimal_text(cents),
                total_price=decimal_text(cents),
                created_date=at,
                is_deleted=values.get("is_deleted", False),
            )


def owner_of(account: Account, kind: str, source: str, day: date) -> str:
    """The CSM owns renewals and what CSMs sourced, the account manager owns the rest."""
    version = version_on(account, day)
    return version.csm if kind == "Renewal" or source == "CSM" else version.owner


def version_on(account: Account, day: date) -> AccountVersion:
    """What the CRM knew about an account on a day."""
    return next((v for v in reversed(account.versions) if v.since <= day), account.versions[0])


def write_opportunities(company: Company, key: Key, opportunities: Table, items: Table) -> None:
    """All opportunities."""
    writer = Writer(company, opportunities, items)
    growth = growth_by_product(company)
    for (customer, month), (kind, cents) in sorted(key.moves.items()):
        if customer in writer.accounts and customer not in company.plain and cents > 0:
            won = explain(
                writer, growth[customer, month], writer.accounts[customer], month, kind, cents
            )
            first = len(opportunities.rows) - len(won)
            key.sources[customer, month] += [
                (TEAMS[source], part, row)
                for (source, part), row in zip(won, opportunities.rows[first:], strict=True)
            ]
    renewals(writer, company, key)
    unmatched(writer, company)


def write_first_sales(company: Company, key: Key, opportunities: Table, items: Table) -> None:
    """The first sale to each customer who has contracts and nothing beside them."""
    writer = Writer(company, opportunities, items)
    in_francs = {
        customer_ids(company)[reference]
        for name, reference, _ in company.situations
        if name == "opportunity_in_another_currency"
    }
    for (customer, month), (kind, cents) in sorted(key.moves.items()):
        if customer in writer.accounts and customer in company.plain and kind == "new":
            currency = "CHF" if customer in in_francs else ""
            amount = rounded(cents / PLAN_RATES.get(currency, Fraction(1)))
            close = add_days(month_start(month), 4)
            account = writer.accounts[customer]
            writer.add(account, "New Business", amount, close, "won", "Sales", currency=currency)


def unmatched(writer: Writer, company: Company) -> None:
    """Opportunities without a movement: never billed, open, lost, deleted."""
    for number, account in enumerate(company.accounts[30:130:12]):
        close = add_months(date(2022, 9, 13), 5 * number)
        ahead = add_days(AS_OF, 20 + 9 * number)
        is_deleted = number % 3 == 0
        writer.add(account, "Upsell", 1234500 + number, close, "won", SOURCES[number % 6])
        writer.add(account, "Cross-sell", 880000, ahead, "open", "CSM", "prod_insights", "Pipeline")
        writer.add(
            account, "Upsell", 650000, add_days(close, 40), "lost", "AM", is_deleted=is_deleted
        )


def growth_by_product(company: Company) -> dict[tuple[str, int], tuple[str, bool]]:
    """Customer and month -> the product that grew most, and whether its family is new there."""
    families = CUSTOM_FAMILIES | {p.product_id: p.family for p in PRODUCTS.values()}
    books = monthly_arr_by_product(company)
    held = {
        (customer, families[product], month)
        for (customer, product), months in books.items()
        for month, arr in months.items()
        if arr > 0
    }
    best: dict[tuple[str, int], tuple[int, str]] = {}
    for (customer, product), months in sorted(books.items()):
        for month in range(FIRST_MONTH, LAST_MONTH + 1):
            change = months.get(month, 0) - months.get(month - 1, 0)
            if change > best.get((customer, month), (0, ""))[0]:
                best[customer, month] = (change, product)
    return {
        (customer, month): (product, (customer, families[product], month - 1) not in held)
        for (customer, month), (_, product) in best.items()
    }


def explain(
    writer: Writer,
    grown: tuple[str, bool],
    account: Account,
    month: int,
    kind: str,
    cents: int,
) -> list[tuple[str, int]]:
    """Who won how much of a movement; some growth has no opportunity, some two or an old one."""
    rng = writer.rng
    product, is_new_family = grown
    days = (month_end(month) - month_start(month)).days + 1
    close = add_days(month_start(month), rng.randrange(days))
    if kind in ("new", "reactivation"):
        source = rng.choice(("Sales", "Sales", "Self-serve", "AM"))
        writer.add(account, "New Business", cents, close, "won", source, product)
        return [(source, cents)]
    draw = rng.random()
    if draw < 0.14:
        return []
    if draw < 0.22:
        close = add_days(month_start(month), -rng.randrange(1, 20))
    name = "Cross-sell" if is_new_family else "Upsell"
    source = rng.choices(SOURCES, SHARES)[0]
    part = cents * 2 // 5 if draw > 0.94 else 0
    writer.add(account, name, cents - part, close, "won", source, product)
    if not part:
        return [(source, cents)]
    other = "AM" if source == "CSM" else "CSM"
    writer.add(account, name, part, close, "won", other, product)
    return [(source, cents - part), (other, part)]


def renewals(writer: Writer, company: Company, key: Key) -> None:
    """A renewal opportunity per customer and end of a term of a year or longer."""
    ids = customer_ids(company)
    ends: dict[tuple[str, date], str] = {}
    for subscription in company.subscriptions:
        if (
            subscription.interval != "year"
            or not subscription.livemode
            or subscription.is_incomplete
        ):
            continue
        number = 1
        while (end := subscription.period_start(number)) <= add_months(AS_OF, 12):
            if subscription.end and end > subscription.end:
                break
            outcome = "lost" if end == subscription.end else "won" if end <= AS_OF else "open"
            ends[ids["stripe", subscription.customer.customer_id], end] = outcome
            number += 1
    followed = {(line.subscription_id, line.start) for line in company.custom_lines}
    for line in company.custom_lines:
        if (
            line.end
            and line.amount > 0
            and line.term_months >= 12
            and line.charge_type in ("", "recurring")
        ):
            has_next = (line.subscription_id, line.end) in followed
            if line.end <= add_months(AS_OF, 12):
                outcome = (
                    "open" if line.end > AS_OF and not has_next else "won" if has_next else "lost"
                )
                ends[ids["custom_billing", line.customer_id], line.end] = outcome
    for (customer, end), outcome in sorted(ends.items()):
        if customer not in writer.accounts or customer not in key.arr or end >= FAR:
            continue
        if customer in company.plain:
            continue
        month = min(month_index(add_days(end, -1)), LAST_MONTH)
        cents = key.at(customer, month) or key.at(customer, month - 1)
        if cents:
            forecast = writer.rng.choice(OPEN_CATEGORIES) if outcome == "open" else ""
            writer.add(
                writer.accounts[customer], "Renewal", cents, end, outcome, "CSM", forecast=forecast
            )
