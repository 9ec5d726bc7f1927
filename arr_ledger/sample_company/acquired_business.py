"""The acquired business: about sixty customers on a home-grown billing system."""

from datetime import date

from .company import INDUSTRIES, REGIONS, SEGMENTS, Company
from .contracts import CustomCustomer
from .days import AS_OF, add_days
from .seasons import is_bad, signing_day

D = date
SEED = 4633
CHURN, BAD_YEAR_CHURN = 0.10, 0.17
STEP_BY_SEGMENT = {
    "SMB": (30000, 90000),
    "Mid-Market": (120000, 420000),
    "Enterprise": (600000, 1500000),
}


def add_acquired_business(company: Company) -> None:
    """The ordinary customers of the acquired business."""
    with company.own_draws(f"{SEED}"):
        for number in range(34):
            ordinary(company, linked=number % 4 != 3)


def new_customer(
    company: Company, created: date, linked: bool = True, segment: str = "SMB"
) -> CustomCustomer:
    """A customer with a CRM account, or with attributes of its own where there is none."""
    if linked:
        return company.add_custom_customer(created, company.add_account(created, segment))
    rng = company.rng
    return company.add_custom_customer(
        created,
        segment=segment,
        industry=rng.choice(INDUSTRIES),
        region=rng.choice(tuple(REGIONS)),
    )


def ordinary(company: Company, linked: bool) -> None:
    """Yearly contracts, renewed with or without a change until somebody leaves."""
    rng = company.rng
    start = signing_day(rng, add_days(D(2021, 7, 1), rng.randrange(900)), AS_OF)
    segment = rng.choices(SEGMENTS, (55, 35, 10))[0]
    customer = new_customer(company, start, linked, segment)
    currency = rng.choice(("USD", "USD", "EUR", "GBP"))
    months = rng.choice((12, 12, 12, 24, 3))
    price = rng.randrange(*STEP_BY_SEGMENT[segment]) // 100
    seats = 100
    subscription = f"S-{customer.customer_id[3:]}"
    term_start = start
    while term_start <= AS_OF:
        line = company.add_custom_line(
            customer,
            term_start,
            months,
            price * seats,
            quantity=seats,
            subscription=subscription,
            currency=currency,
            charge_type=rng.choice(("recurring", "")),
        )
        churn = BAD_YEAR_CHURN if is_bad(line.end) else CHURN
        if rng.random() < churn * months / 12:
            if line.end <= add_days(AS_OF, 90):
                line.notice = min(add_days(line.end, -rng.randrange(5, 80)), AS_OF)
            return
        term_start = line.end
        seats = max(20, seats + rng.choice((-20, -5, 0, 0, 0, 8, 15, 30)))
        price = price * rng.choice((100, 100, 103, 105, 107)) // 100
