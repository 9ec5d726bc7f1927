"""How customers use the product and what they say of it, every quarter since 2023.

At some customers the score and the use fall long before they leave; at the others both wander.
What they answer when asked whether they would recommend it tells nothing.
"""

import random
from datetime import date

from .answer_key import Key
from .book import customer_ids
from .company import Company
from .days import LAST_MONTH, month_index, month_start
from .files import Table, columns

SEED = 20260702
FIRST_READING = month_index(date(2023, 3, 1))
QUARTER = 3
COVERED, TELLING = 88, 62
SIGHT = 15


def health_tables(company: Company, key: Key) -> list[Table]:
    """The only table of the health extract."""
    table = Table(
        "custom_health",
        "customer_health",
        "One row per customer and month in which its health was taken.",
        columns("""
        string: customer_id
        date: month
        bigint: active_users seats_used
        numeric(9,4): nps score"""),
    )
    rng = random.Random(SEED)
    known_as = names_in_the_product(company)
    for customer in key.arr:
        if customer not in company.plain and rng.randrange(100) < COVERED:
            name = known_as.get(customer, customer) if rng.random() < 0.3 else customer
            write_customer(rng, table, key, customer, name)
    for month in range(FIRST_READING, LAST_MONTH + 1, QUARTER):
        add(rng, table, "sandbox-1", month, 5, 60, 70)
    return [table]


def names_in_the_product(company: Company) -> dict[str, str]:
    """Customer -> the id that one of its billing systems has for it."""
    return {
        customer: reference[1]
        for reference, customer in sorted(customer_ids(company).items())
        if reference[1]
    }


def write_customer(rng: random.Random, table: Table, key: Key, customer: str, name: str) -> None:
    """Every quarter in which the customer has ARR."""
    usual, seats = rng.gauss(74, 9), rng.randrange(8, 200)
    is_telling = rng.randrange(100) < TELLING
    leaves = [
        month
        for month in range(key.first[customer], LAST_MONTH + 1)
        if key.moves.get((customer, month), ("",))[0] == "churn"
    ]
    for month in range(FIRST_READING, LAST_MONTH + 1, QUARTER):
        ahead = min((leave - month for leave in leaves if leave > month), default=SIGHT)
        wander, answer = rng.gauss(0, 9), rng.gauss(28, 30)
        if not key.at(customer, month):
            continue
        drop = 62 * (SIGHT - ahead) // SIGHT if is_telling and ahead < SIGHT else 0
        says = round(answer) if rng.random() < 0.5 else None
        add(rng, table, name, month, seats, usual + wander - drop, says)


def add(
    rng: random.Random,
    table: Table,
    customer: str,
    month: int,
    seats: int,
    score: float,
    nps: int | None,
) -> None:
    """A reading; the share of seats in use follows the score."""
    score = min(100, max(0, round(score)))
    share = min(100, max(5, score + rng.randrange(-12, 18)))
    table.add(
        customer_id=customer,
        month=month_start(month),
        active_users=max(1, seats * share // 100),
        seats_used=seats,
        nps=None if nps is None else min(100, max(-100, nps)),
        score=score,
    )
