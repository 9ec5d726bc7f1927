"""Expansion opportunities that were lost, and the pipeline that is still open.

The company wins 20 to 35 % of its expansion opportunities. Their random draws are streams of their
own: every other row of the sample stays as it is, whatever changes here.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .answer_key import Key
from .company import Company
from .contracts import Account
from .days import AS_OF, FIRST_MONTH, LAST_MONTH, add_days, month_end, month_index, month_start
from .files import Table, instant
from .opportunities import SHARES, SOURCES, Writer, version_on
from .seasons import is_bad

LOST_SEED, OPEN_SEED, REASON_SEED = 20260703, 20260704, 20260705
EXPANSIONS = ("Upsell", "Cross-sell")
# opportunities that a team wins out of a hundred, how that differs by segment, and in the bad year
WINS_PER_HUNDRED = {
    "CSM": 34,
    "AM": 32,
    "Professional Services": 35,
    "Sales": 29,
    "Self-serve": 34,
    "": 30,
}
EASE = {"SMB": 1.0, "Mid-Market": 0.96, "Enterprise": 0.94}
BAD_YEAR_EASE = 0.85
# how many times the amount of a win is lost with one opportunity
LOST_SIZES = {"SMB": (0.7, 1.7), "Mid-Market": (0.8, 1.9), "Enterprise": (0.9, 2.0)}
REASONS = {
    "No decision": 24,
    "No budget": 22,
    "Price": 18,
    "Competitor": 12,
    "Missing feature": 10,
    "Timing": 8,
    "Sponsor left": 6,
}
RENEWAL_REASONS = {
    "Price": 24,
    "Low usage": 22,
    "Competitor": 18,
    "No budget": 14,
    "Missing feature": 12,
    "Acquired or closed down": 10,
}
CANDIDATES = 8
# open opportunities of a hundred customers, and their amount in percent of the customer's ARR
OPEN_PER_HUNDRED = {"SMB": 92, "Mid-Market": 195, "Enterprise": 272}
PERCENT_OF_ARR = {"SMB": (40, 120), "Mid-Market": (25, 90), "Enterprise": (14, 60)}
# of a hundred open opportunities, how many are to close in each month from the next one on
CLOSING = (22, 16, 19, 8, 7, 9, 4, 4, 4, 2, 2, 3)
STALE_PER_HUNDRED = 4
# stage -> forecast category and probability; the nearer the closing date, the later the stage
STAGES = {
    "Qualification": ("Pipeline", 10),
    "Discovery": ("Pipeline", 20),
    "Proposal": ("BestCase", 50),
    "Negotiation": ("Forecast", 75),
}
STAGE_WEIGHTS = ((31, (8, 17, 35, 40)), (92, (22, 30, 30, 18)), (400, (48, 33, 15, 4)))
# users 8 and 26 have left the company and open no opportunity
LEFT = ("005000000000008", "005000000000026")
CROSS_SOLD = ("prod_insights", "prod_flows")
SATURDAY = 5


def write_lost_and_open(company: Company, key: Key, opportunities: Table, items: Table) -> None:
    """Lost opportunities beside those that were won, and open ones."""
    customers = [
        account
        for account in company.accounts
        if account.account_id in key.arr
        and account.account_id not in company.plain
        and not account.is_deleted
    ]
    lose(Writer(company, opportunities, items, LOST_SEED), key, customers)
    open_pipeline(Writer(company, opportunities, items, OPEN_SEED), key, customers)


def state_reasons(opportunities: Table) -> None:
    """A reason for every lost opportunity that has none yet."""
    rng = random.Random(REASON_SEED)
    for row in opportunities.rows:
        if row["stage_name"] == "Closed Lost" and not row.get("loss_reason_c"):
            reasons = RENEWAL_REASONS if row["type"] == "Renewal" else REASONS
            row["loss_reason_c"] = rng.choices(tuple(reasons), tuple(reasons.values()))[0]


def lose(writer: Writer, key: Key, customers: list[Account]) -> None:
    """Lost opportunities beside the expansions that were won."""
    taken: set[tuple[str, int]] = set()
    for win in losses(writer, EXPANSIONS, WINS_PER_HUNDRED, BAD_YEAR_EASE):
        lose_one(writer, key, customers, taken, win)


@dataclass(frozen=True)
class Win:
    """What was won beside a loss."""

    kind: str
    source: str
    segment: str
    close: date
    cents: int


def losses(
    writer: Writer, kinds: tuple[str, ...], wins: dict[str, int], bad_year_ease: float
) -> Iterator[Win]:
    """For every win of these kinds, once for each loss that its team and segment come by meanwhile.

    ``wins`` are those of a team out of a hundred.
    """
    owed: dict[tuple[str, str], float] = defaultdict(float)
    won = [
        row
        for row in writer.opportunities.rows
        if row["is_won"] and not row["is_deleted"] and row["type"] in kinds and row["amount"]
    ]
    for row in sorted(won, key=lambda row: (str(row["close_date"]), str(row["id"]))):
        close = date.fromisoformat(str(row["close_date"]))
        source = str(row["sourced_by_c"])
        segment = version_on(writer.accounts[str(row["account_id"])], close).segment
        share = wins[source] * EASE.get(segment, 1) / 100
        share *= bad_year_ease if is_bad(close) else 1
        owed[source, segment] += (1 - share) / share * writer.rng.uniform(0.8, 1.2)
        while owed[source, segment] >= 1:
            owed[source, segment] -= 1
            cents = int(Decimal(str(row["amount"])) * 100)
            yield Win(str(row["type"]), source, segment, close, cents)


def lose_one(
    writer: Writer,
    key: Key,
    customers: list[Account],
    taken: set[tuple[str, int]],
    win: Win,
) -> None:
    """An opportunity lost in the quarter of a win, with a customer for whom the amount is apt."""
    rng = writer.rng
    close = day_in_quarter(rng, win.close)
    month = month_index(close)
    cents = hundreds(win.cents * rng.uniform(*LOST_SIZES.get(win.segment, (1, 2))))
    held = {
        account.account_id: key.at(account.account_id, month - 1)
        for account in customers
        if version_on(account, close).segment == win.segment
        and (account.account_id, month) not in taken
        and key.at(account.account_id, month - 1) > 0
        and key.at(account.account_id, month) > 0
    }
    if month <= FIRST_MONTH or not held:
        return
    some = rng.sample(sorted(held), min(CANDIDATES, len(held)))
    account_id = min(some, key=lambda name: (abs(held[name] * 3 // 10 - cents), name))
    taken.add((account_id, month))
    created = workday(add_days(close, -rng.randrange(25, 170)))
    enter_lost(writer, writer.accounts[account_id], win.kind, cents, close, created, win.source)


def enter_lost(
    writer: Writer,
    account: Account,
    kind: str,
    cents: int,
    close: date,
    created: date,
    source: str,
    reasons: dict[str, int] = REASONS,
    leads: tuple[str, ...] = (),
) -> None:
    """An opportunity that was lost, with its reason, and where new business came from."""
    rng = writer.rng
    at = instant(created, f"{rng.randrange(8, 18):02d}:20:00")
    lead = {"lead_source": rng.choice(leads)} if leads else {}
    writer.enter(
        account,
        kind,
        cents,
        close,
        at,
        source,
        "",
        stage_name="Closed Lost",
        is_won=False,
        is_closed=True,
        forecast_category="Omitted",
        probability=0,
        system_modstamp=instant(close, "18:20:00"),
        loss_reason_c=rng.choices(tuple(reasons), tuple(reasons.values()))[0],
        is_deleted=False,
        **lead,
    )


def day_in_quarter(rng: random.Random, beside: date) -> date:
    """A working day in the quarter of another day; many opportunities are given up at its end."""
    last = month_index(beside) + 2 - (month_index(beside) - 1) % 3
    first_day, last_day = month_start(last - 2), month_end(last)
    if rng.random() < 0.2:
        first_day = add_days(last_day, -20)
    day = add_days(first_day, rng.randrange((last_day - first_day).days + 1))
    return min(workday(day), AS_OF)


def workday(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return add_days(day, min(0, SATURDAY - 1 - day.weekday()))


def hundreds(cents: float) -> int:
    """An estimate: whole hundreds of the currency, two of them at least."""
    return max(2, round(cents / 10_000)) * 10_000


def open_pipeline(writer: Writer, key: Key, customers: list[Account]) -> None:
    """Open opportunities of today's customers, more and larger ones with large customers."""
    owed: dict[str, float] = defaultdict(float)
    for account in customers:
        arr = key.at(account.account_id, LAST_MONTH)
        segment = account.current.segment
        if arr <= 0 or segment not in OPEN_PER_HUNDRED or account.current.owner in LEFT:
            continue
        owed[segment] += OPEN_PER_HUNDRED[segment] / 100 * writer.rng.uniform(0.4, 1.6)
        while owed[segment] >= 1:
            owed[segment] -= 1
            low, high = PERCENT_OF_ARR[segment]
            open_one(writer, account, hundreds(arr * writer.rng.uniform(low, high) / 100))


def open_one(writer: Writer, account: Account, cents: int) -> None:
    """An open opportunity; a few are past their closing date and were left alone."""
    rng = writer.rng
    is_stale = rng.randrange(100) < STALE_PER_HUNDRED
    source = rng.choices(SOURCES, SHARES)[0]
    if source == "CSM" and account.current.csm in LEFT:
        source = "AM"
    kind = "Cross-sell" if rng.random() < 0.3 else "Upsell"
    if is_stale:
        close = workday(add_days(AS_OF, -rng.randrange(10, 75)))
        created, touched = add_days(close, -rng.randrange(150, 260)), add_days(close, -40)
    else:
        month = LAST_MONTH + 1 + rng.choices(range(len(CLOSING)), CLOSING)[0]
        close = day_ahead(rng, month)
        created = add_days(AS_OF, -rng.randrange(4, 150))
        touched = add_days(AS_OF, -rng.randrange(min(25, (AS_OF - created).days)))
    created = workday(created)
    stage = stage_near(rng, close)
    category, probability = STAGES[stage]
    writer.enter(
        account,
        kind,
        cents,
        close,
        instant(created, f"{rng.randrange(8, 18):02d}:40:00"),
        source,
        rng.choice(CROSS_SOLD) if kind == "Cross-sell" else "",
        stage_name=stage,
        is_won=False,
        is_closed=False,
        forecast_category=category,
        probability=probability,
        system_modstamp=instant(touched, "18:40:00"),
        is_deleted=False,
    )


def stage_near(rng: random.Random, close: date) -> str:
    """A stage of an open opportunity that is to close on a day."""
    days = (close - AS_OF).days
    weights = next(weights for until, weights in STAGE_WEIGHTS if days <= until)
    return rng.choices(tuple(STAGES), weights)[0]


def day_ahead(rng: random.Random, month: int) -> date:
    """A working day of a month; in the last month of a quarter most often in its last ten days."""
    last_day = month_end(month)
    first_day = month_start(month)
    if month % 3 == 0 and rng.random() < 0.6:
        first_day = add_days(last_day, -9)
    return max(workday(add_days(first_day, rng.randrange((last_day - first_day).days + 1))), AS_OF)
