"""Customers made by hand: ids that name one record in two ways or two records in almost one."""

from datetime import date
from string import ascii_uppercase, digits

from .acquired_business import new_customer
from .company import Company

D = date
CHECKSUM_LETTERS = ascii_uppercase + digits[:6]
# a letter, and the same letter written as two: Python keeps them apart as billing systems do
COMPOSED, DECOMPOSED = "RB-Zo\u00eb", "RB-Zoe\u0308"


def add_identity_situations(company: Company) -> None:
    """Ids of the CRM and of billing, and seats that join a running contract."""
    short_crm_ids(company)
    ids_alike(company)
    seats_that_join(company)


def long_id(short: str) -> str:
    """The 18 characters of a Salesforce id of 15: a checksum tells which letters are capitals."""
    suffix = ""
    for part in (short[:5], short[5:10], short[10:]):
        bits = sum(1 << place for place, letter in enumerate(part) if letter in ascii_uppercase)
        suffix += CHECKSUM_LETTERS[bits]
    return short + suffix


def short_crm_ids(company: Company) -> None:
    """Billing has 15 characters where the CRM has 18; two accounts differ in capitals alone."""
    for short, starts in (
        ("0015f00002Kq7Ae", (D(2025, 2, 20), D(2025, 6, 24))),
        ("0015f00002kQ7aE", (D(2025, 4, 29),)),
    ):
        account = company.add_account(
            D(2025, 1, 27), "SMB", "North America", account_id=long_id(short)
        )
        for number, start in enumerate(starts):
            customer = company.add_customer(start, account=account)
            customer.linked_as = account.account_id if number else short
            price = company.catalog.list_price(
                *(("flows", "standard"), ("core", "team"))[number], "USD"
            )
            company.subscribe(customer, start, (price, 10))
            company.note("crm_id_of_15_characters", customer, f"billing says {customer.linked_as}")


def ids_alike(company: Company) -> None:
    """Ids that differ in capitals or in the form of a letter name two customers."""
    for customer_id, start in (("cus_0Rk7Lq", D(2025, 3, 6)), ("cus_0rK7Lq", D(2025, 9, 2))):
        customer = company.add_customer(start, linked=False, customer_id=customer_id)
        company.subscribe(customer, start, (company.catalog.list_price("core", "team", "USD"), 8))
        company.note("ids_alike", customer, "differs from another in capitals: a finding")
    for customer_id, start in ((COMPOSED, D(2025, 4, 1)), (DECOMPOSED, D(2025, 10, 1))):
        billed = company.add_custom_customer(
            start,
            customer_id=customer_id,
            segment="SMB",
            industry="Retail",
            region="Europe",
        )
        company.add_custom_line(billed, start, 12, 40000, is_open=True)
        company.note("ids_alike", billed, "differs from another in Unicode form: a finding")


def seats_that_join(company: Company) -> None:
    """Seats added in mid-term on a line of their own, same subscription, product and end."""
    for start, months, joined, renewed in (
        (D(2025, 2, 1), 24, D(2025, 10, 1), False),
        (D(2025, 3, 15), 12, D(2025, 9, 15), True),
    ):
        customer = new_customer(company, start)
        base = company.add_custom_line(customer, start, months, 150000)
        left = (base.end.year - joined.year) * 12 + base.end.month - joined.month
        company.add_custom_line(
            customer,
            joined,
            left,
            30000,
            quantity=2,
            end=base.end,
            subscription=base.subscription_id,
        )
        if renewed:
            company.add_custom_line(
                customer, base.end, 12, 180000, quantity=12, subscription=base.subscription_id
            )
        company.note("seats_join_contract", customer, f"two seats from {joined} to {base.end}")
