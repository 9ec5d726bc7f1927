"""Opportunities: most movements have one in their month, renewals have their own, a few fit nothing."""

import random
from datetime import date

from .answer_key import Key
from .book import all_lines, customer_ids
from .catalog import PRODUCTS
from .company import Company
from .contracts import FAR, Account
from .days import AS_OF, LAST_MONTH, add_days, add_months, month_end, month_index, month_start
from .files import Table, decimal_text, instant

SEED = 20260630
SOURCES = ("CSM", "AM", "Professional Services", "Sales", "Self-serve", "")
LEADS = ("Web", "Referral", "Partner", "Event", "Outbound")
CRM_IDS = {product.product_id: product.crm_id for product in PRODUCTS.values()} | {
    "relay": "01t000000000005", "relay-insights": "01t000000000003",
}


class Writer:
    """Writes opportunities and their products with running numbers."""

    def __init__(self, company: Company, opportunities: Table, items: Table) -> None:
        self.rng = random.Random(SEED)
        self.accounts = {account.account_id: account for account in company.accounts}
        self.opportunities, self.items = opportunities, items

    def add(
        self, account: Account, kind: str, cents: int, close: date, outcome: str, source: str = "",
        product: str = "", forecast: str = "", is_deleted: bool = False,
    ) -> None:
        """An opportunity; outcome is won, lost or open."""
        rng = self.rng
        opportunity_id = f"0065f00000{len(self.opportunities.rows) + 1:05d}"
        version = next((v for v in reversed(account.versions) if v.since <= close), account.versions[0])
        owner = version.csm if kind == "Renewal" or source == "CSM" else version.owner
        stage = {"won": "Closed Won", "lost": "Closed Lost", "open": "Negotiation"}[outcome]
        category = forecast or {"won": "Closed", "lost": "Omitted"}[outcome]
        created = min(add_days(close, -rng.randrange(20, 110)), AS_OF)
        at = instant(created, f"{rng.randrange(8, 18):02d}:05:00")
        self.opportunities.add(
            id=opportunity_id, account_id=account.account_id, name=f"{account.name} {kind} {close:%Y-%m}",
            type=kind, stage_name=stage, is_won=outcome == "won", is_closed=outcome != "open",
            forecast_category=category, forecast_category_name={"BestCase": "Best Case"}.get(category, category),
            amount=decimal_text(cents), close_date=close, created_date=at, system_modstamp=at,
            probability={"won": 100, "lost": 0, "open": {"Commit": 90, "BestCase": 60}.get(category, 30)}[outcome],
            lead_source=rng.choice(LEADS) if kind == "New Business" else "", owner_id=owner, sourced_by_c=source,
            has_opportunity_line_item=bool(product), is_deleted=is_deleted,
        )
        if product:
            self.items.add(
                id=f"00k5f00000{len(self.items.rows) + 1:05d}", opportunity_id=opportunity_id, product_2_id=CRM_IDS[product],
                quantity=1, unit_price=decimal_text(cents), total_price=decimal_text(cents), created_date=at,
                is_deleted=is_deleted,
            )


def write_opportunities(company: Company, key: Key, opportunities: Table, items: Table) -> None:
    """All opportunities."""
    writer = Writer(company, opportunities, items)
    products = first_months_of_products(company)
    for (customer, month), (kind, cents) in sorted(key.moves.items()):
        if customer in writer.accounts:
            explain(writer, products.get(customer, {}), writer.accounts[customer], month, kind, cents)
    renewals(writer, company, key)
    for number, account in enumerate(company.accounts[30:130:12]):
        close = add_months(date(2022, 9, 13), 5 * number)
        writer.add(account, "Upsell", 1234500 + number, close, "won", SOURCES[number % 6])
        writer.add(account, "Cross-sell", 880000, add_days(AS_OF, 20 + 9 * number), "open", "CSM", "prod_insights", "Pipeline")
        writer.add(account, "Upsell", 650000, add_days(close, 40), "lost", "AM", is_deleted=number % 3 == 0)


def first_months_of_products(company: Company) -> dict[str, dict[str, int]]:
    """Customer -> product -> first month with a line, to tell cross-sell from upsell."""
    ids = customer_ids(company)
    found: dict[str, dict[str, int]] = {}
    for line in sorted(all_lines(company), key=lambda line: (line.start, line.product_id)):
        if line.charge_type == "recurring" and line.amount > 0:
            found.setdefault(ids[line.customer], {}).setdefault(line.product_id, month_index(line.start))
    return found


def explain(
    writer: Writer, products: dict[str, int], account: Account, month: int, kind: str, cents: int,
) -> None:
    """The opportunity behind a movement; some growth has none."""
    rng = writer.rng
    close = add_days(month_start(month), rng.randrange((month_end(month) - month_start(month)).days + 1))
    added = next((p for p, first in products.items() if first == month and p in CRM_IDS), "")
    if kind in ("new", "reactivation"):
        source = rng.choice(("Sales", "Sales", "Self-serve", "AM"))
        writer.add(account, "New Business", cents, close, "won", source, added)
    elif kind == "expansion" and rng.random() < 0.84:
        source = rng.choices(SOURCES, (34, 30, 10, 8, 10, 8))[0]
        writer.add(account, "Cross-sell" if added else "Upsell", cents, close, "won", source, added)


def renewals(writer: Writer, company: Company, key: Key) -> None:
    """A renewal opportunity per customer and end of a term of a year or longer."""
    ids = customer_ids(company)
    ends: dict[tuple[str, date], str] = {}
    for subscription in company.subscriptions:
        if subscription.interval != "year" or not subscription.livemode or subscription.is_incomplete:
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
        if line.end and line.amount > 0 and line.term_months >= 12 and line.charge_type in ("", "recurring"):
            has_next = (line.subscription_id, line.end) in followed
            if line.end <= add_months(AS_OF, 12):
                outcome = "open" if line.end > AS_OF and not has_next else "won" if has_next else "lost"
                ends[ids["custom_billing", line.customer_id], line.end] = outcome
    for (customer, end), outcome in sorted(ends.items()):
        if customer not in writer.accounts or customer not in key.arr or end >= FAR:
            continue
        month = min(month_index(add_days(end, -1)), LAST_MONTH)
        cents = key.at(customer, month) or key.at(customer, month - 1)
        if cents:
            forecast = writer.rng.choice(("Commit", "Commit", "BestCase", "Pipeline", "Omitted")) if outcome == "open" else ""
            writer.add(writer.accounts[customer], "Renewal", cents, end, outcome, "CSM", forecast=forecast)
