"""The Stripe extract that the contracts leave behind: catalog, customers, subscriptions."""

import json
from datetime import date, datetime, timedelta

from .canaries import address, person
from .catalog import COUPONS, PRODUCTS, Price
from .company import Company
from .contracts import StripeCustomer, Subscription
from .days import AS_OF, FIRST_DAY, add_days
from .files import Table, instant
from .stripe_invoice_oddities import write_oddities
from .stripe_invoices import InvoiceBook, write_alone, write_discarded, write_invoices
from .stripe_mrr_events import write_mrr_events
from .stripe_tables import new_tables

FOREVER = "9999-12-31 23:59:59.999"
OPENED = instant(FIRST_DAY, "00:00:00")


def stripe_tables(company: Company) -> list[Table]:
    """All tables of the Stripe extract."""
    tables = new_tables()
    write_catalog(company, tables)
    for customer in company.stripe_customers:
        write_customer(customer, tables)
    latest = write_all_invoices(company, tables)
    for subscription in company.subscriptions:
        write_history(
            subscription,
            latest.get(subscription.subscription_id, ""),
            tables["subscription_history"],
        )
        write_items(subscription, tables["subscription_item"])
        for given in subscription.discounts:
            tables["subscription_discount"].add(
                id=given.discount_id,
                coupon_id=COUPONS[given.coupon_id].coupon_id,
                customer_id=subscription.customer.customer_id,
                subscription_id=subscription.subscription_id,
                subscription_item_id=given.item_id,
                start=instant(given.start, subscription.clock),
                end=instant(given.end, subscription.clock),
            )
    write_mrr_events(company, tables["subscription_item_change_events"])
    return list(tables.values())


def write_all_invoices(company: Company, tables: dict[str, Table]) -> dict[str, str]:
    """All invoices and what is wrong with some; answers the latest of each subscription."""
    book = InvoiceBook(tables)
    plain = [s for s in company.subscriptions if s.customer.customer_id in company.plain]
    write_invoices(book, [s for s in company.subscriptions if s not in plain])
    write_discarded(book, company)
    write_oddities(company, tables)
    write_invoices(book, plain)
    for alone in company.alone_invoices:
        write_alone(book, alone)
    return book.latest


def write_catalog(company: Company, tables: dict[str, Table]) -> None:
    """Products, prices with their legacy twins and tiers, coupons."""
    for product in PRODUCTS.values():
        tables["product"].add(
            id=product.product_id,
            name=product.name,
            type="service",
            unit_label="seat",
            active=product.is_active,
            is_deleted=False,
            livemode=True,
            created=OPENED,
            metadata=json.dumps({"product_family": product.family}),
        )
    for price in sorted(company.catalog.prices.values(), key=lambda p: p.price_id):
        write_price(price, tables)
    tables["price"].add(
        id="services_implementation_usd",
        product_id="prod_services",
        active=True,
        type="one_time",
        currency="usd",
        billing_scheme="per_unit",
        unit_amount=950000,
        unit_amount_decimal="950000",
        nickname="Implementation",
        created=OPENED,
        is_deleted=False,
        livemode=True,
        metadata="{}",
    )
    for coupon in filter(lambda coupon: coupon.lands, COUPONS.values()):
        tables["coupon"].add(
            id=coupon.coupon_id,
            name=coupon.name,
            duration=coupon.duration,
            duration_in_months=coupon.months,
            percent_off=coupon.percent_off,
            amount_off=coupon.amount_off,
            currency=coupon.currency.lower(),
            created=OPENED,
            valid=True,
            livemode=True,
            applies_to_products=json.dumps(coupon.product_ids)
            if coupon.lists_products_as_json
            else ",".join(coupon.product_ids),
            currency_options=json.dumps(
                {code.lower(): {"amount_off": amount} for code, amount in coupon.options}
            )
            if coupon.options
            else "",
        )


def write_price(price: Price, tables: dict[str, Table]) -> None:
    """A price, its twin and its tiers."""
    whole = price.unit_amount is not None and price.unit_amount.denominator == 1
    whole = whole and not price.is_decimal_only
    is_metered = price.usage_type == "metered"
    shared = {
        "id": price.price_id,
        "product_id": price.product_id,
        "active": not price.is_deleted,
        "currency": price.currency.lower(),
        "billing_scheme": "tiered" if price.tiers_mode else "per_unit",
        "nickname": f"{PRODUCTS[price.product_id].name} {price.plan_tier}".strip(),
        "is_deleted": price.is_deleted,
        "livemode": True,
    }
    tables["price"].add(
        **shared,
        type="recurring",
        unit_amount=int(price.unit_amount) if whole else None,
        unit_amount_decimal="" if price.unit_amount is None else f"{float(price.unit_amount):.12g}",
        recurring_interval=price.interval,
        recurring_interval_count=price.interval_count,
        recurring_usage_type=price.usage_type,
        recurring_aggregate_usage="sum" if is_metered else "",
        tiers_mode=price.tiers_mode,
        transform_quantity_divide_by=price.divide_by or None,
        transform_quantity_round="up" if price.divide_by else "",
        created=OPENED,
        metadata=json.dumps({"plan_tier": price.plan_tier} if price.plan_tier else {}),
        tax_behavior="inclusive" if price.includes_tax else "",
        currency_options=json.dumps(currency_options(price)) if price.options else "",
    )
    tables["plan"].add(
        **shared,
        amount=int(price.unit_amount) if whole else None,
        interval=price.interval,
        interval_count=price.interval_count,
        usage_type=price.usage_type,
        aggregate_usage="sum" if is_metered else "",
    )
    for up_to, unit, flat in price.tiers if price.tiers_land else ():
        tables["tier"].add(
            price_id=price.price_id,
            up_to=up_to,
            unit_amount=None if price.is_decimal_only else unit,
            unit_amount_decimal=str(unit),
            flat_amount=None if price.flat_is_decimal_only else flat or None,
            flat_amount_decimal=str(flat) if flat else "",
        )


def currency_options(price: Price) -> dict[str, dict[str, object]]:
    """What the price is in each of its currencies, its own included."""
    amounts = {price.currency: int(price.unit_amount or 0), **dict(price.options)}
    return {
        code.lower(): {"unit_amount": amount, "unit_amount_decimal": str(amount)}
        for code, amount in sorted(amounts.items())
    }


def write_customer(customer: StripeCustomer, tables: dict[str, Table]) -> None:
    """A customer and the discounts it holds."""
    number = len(tables["customer"].rows) + 1
    metadata = {"billing_contact": person(number)}
    if customer.account_id:
        metadata["salesforce_account_id"] = customer.linked_as or customer.account_id
    tables["customer"].add(
        id=customer.customer_id,
        name=customer.name,
        email=address(number),
        description=f"Invoices to {person(number)}",
        currency=customer.currency.lower(),
        created=instant(customer.created, "08:00:00"),
        delinquent=False,
        is_deleted=customer.is_deleted,
        livemode=customer.livemode,
        metadata=json.dumps(metadata),
    )
    for given in customer.discounts:
        tables["discount"].add(
            id=given.discount_id,
            type="customer",
            type_id=customer.customer_id,
            coupon_id=COUPONS[given.coupon_id].coupon_id,
            customer_id=customer.customer_id,
            start=instant(given.start, "09:00:00"),
            end=instant(given.end, "09:00:00"),
        )


def current_period(subscription: Subscription, day: date) -> tuple[date, date]:
    """The billing period, or the trial, that a day lies in."""
    if subscription.trial_end and day < subscription.trial_end:
        return subscription.start, subscription.trial_end
    number = 0
    while subscription.period_start(number + 1) <= day:
        number += 1
    return subscription.period_start(number), subscription.period_end(number)


def status_on(subscription: Subscription, day: date) -> str:
    """Status in Stripe's words; a paused collection leaves it active."""
    if subscription.is_incomplete:
        return "incomplete_expired"
    if subscription.end and day >= subscription.end:
        return "canceled"
    if subscription.trial_end and day < subscription.trial_end:
        return "trialing"
    free = subscription.free_time
    if free and free[0] <= day < free[1]:
        return "trialing"
    for spell in subscription.spells:
        if spell.covers(day) and not spell.is_pause:
            return spell.kind
    return "active"


def write_history(subscription: Subscription, latest_invoice: str, table: Table) -> None:
    """A version for every change of state."""
    clock, end = subscription.clock, subscription.end
    is_over = bool(end and end <= AS_OF)
    last_known = subscription.last_invoiced or AS_OF
    created = subscription.created or subscription.start
    free = subscription.free_time
    marks = {created, subscription.trial_end, subscription.notice, end, *(free or ())}
    for spell in subscription.spells:
        marks.update((spell.start, spell.end))
    days = sorted(day for day in marks if day and day <= (end if is_over else AS_OF))
    for number, day in enumerate(days):
        is_last = number == len(days) - 1
        following = FOREVER if is_last else before(days[number + 1], clock)
        if is_last and subscription.is_gone_upstream:
            following = before(day + timedelta(days=45), clock)
        period = current_period(
            subscription,
            min(last_known, end - timedelta(days=1))
            if end and is_last
            else last_known
            if is_last
            else day,
        )
        has_free = bool(free and day >= free[0])
        pause = next((s for s in subscription.spells if s.is_pause and s.covers(day)), None)
        given = bool(subscription.notice and day >= subscription.notice)
        scheduled = given and subscription.cancels_at_period_end
        shows_cancel_at = given and (
            not scheduled or int(subscription.subscription_id[-1]) % 2 == 0
        )
        table.add(
            id=subscription.subscription_id,
            _fivetran_active=is_last and not subscription.is_gone_upstream,
            _fivetran_start=instant(day, clock),
            _fivetran_end=following,
            status=status_on(subscription, day),
            customer_id=subscription.customer.customer_id,
            created=instant(created, clock),
            start_date=instant(subscription.stated_start or subscription.start, clock),
            billing_cycle_anchor=instant(
                free[1] if has_free else subscription.trial_end or created, clock
            ),
            current_period_start=instant(period[0], clock),
            current_period_end=instant(period[1], clock),
            cancel_at=instant(end, clock) if shows_cancel_at and subscription.notice != end else "",
            cancel_at_period_end=scheduled,
            canceled_at=instant(subscription.notice, clock) if given else "",
            ended_at=ended_at(subscription, day),
            trial_start=instant(free[0], clock)
            if has_free
            else instant(subscription.start, clock)
            if subscription.trial_end
            else "",
            trial_end=instant(free[1] if has_free else subscription.trial_end, clock),
            pause_collection_behavior=pause.kind if pause else "",
            pause_collection_resumes_at=instant(pause.end, clock) if pause else "",
            latest_invoice_id=latest_invoice if is_last else "",
            livemode=subscription.livemode,
            metadata="{}",
            currency=subscription.currency.lower(),
            **synced_on(subscription.last_invoiced, clock),
        )


def synced_on(day: date | None, clock: str) -> dict[str, str]:
    """When the loader last saw a row that it has not seen since."""
    return {"_fivetran_synced": instant(add_days(day, 1), clock)} if day else {}


def before(day: date, clock: str) -> str:
    """A millisecond before an instant, which is how a history table closes a version."""
    moment = datetime.fromisoformat(f"{day} {clock}") - timedelta(milliseconds=1)
    return moment.isoformat(sep=" ", timespec="milliseconds")


def ended_at(subscription: Subscription, day: date) -> str:
    """When service ended, once it has."""
    if subscription.is_incomplete:
        return instant(subscription.start, "23:59:00")
    ended = subscription.end and day >= subscription.end
    return instant(subscription.end, subscription.clock) if ended else ""


def write_items(subscription: Subscription, table: Table) -> None:
    """What the subscription holds now; an item that was removed is gone."""
    end = subscription.end
    last_known = subscription.last_invoiced or AS_OF
    known = min(last_known, end - timedelta(days=1)) if end else last_known
    period = current_period(subscription, known)
    for item in subscription.items:
        if item.removed and not item.row_stays:
            continue
        since = max(item.versions[0][0], subscription.created or item.versions[0][0])
        _, price, quantity = item.versions[-1]
        table.add(
            id=item.item_id,
            subscription_id=subscription.subscription_id,
            plan_id=price.price_id,
            quantity=None if price.usage_type == "metered" else quantity,
            created=instant(since, subscription.clock),
            current_period_start=instant(period[0], subscription.clock),
            current_period_end=instant(period[1], subscription.clock),
            metadata="{}",
            **synced_on(subscription.last_invoiced, subscription.clock),
        )
