"""New business that was lost or is still open: prospects, customers of later, customers of before.

Sellers win 20 to 35 % of it. The draws are streams of their own: every other row of the sample
stays as it is, whatever changes here.
"""

import random
from collections import defaultdict
from datetime import date

from .answer_key import Key
from .company import ENDINGS, MANAGERS, Company
from .contracts import Account
from .days import AS_OF, LAST_MONTH, add_days, add_months, month_index
from .files import Table, instant
from .lost_and_open_opportunities import (
    CANDIDATES,
    LEFT,
    STAGES,
    day_ahead,
    day_in_quarter,
    enter_lost,
    hundreds,
    losses,
    stage_near,
    workday,
)
from .opportunities import LEADS, Writer, version_on

PROSPECT_SEED, LOST_SEED, OPEN_SEED = 20260708, 20260709, 20260710
NEW_BUSINESS = "New Business"
PROSPECTS = 180
PROSPECT_ADJECTIVES = """Arctic Blue Brisk Clear Deep Early Fair Grand High Iron Just Kind Light
    Mild Neat Open Plain Rich Sunny True"""
PROSPECT_NOUNS = """Bluff Cove Crag Fen Forge Glen Heath Marsh Mill Moor Quay Ridge Shore Spire
    Vale Weir"""
FIRST_CREATED = date(2021, 3, 1)
# of a hundred customers, how many the sellers knew long before they signed
KNOWN_EARLY = 55
# new business that a team wins out of a hundred, and in the bad year
WINS_PER_HUNDRED = {"Sales": 31, "Self-serve": 34, "AM": 32}
BAD_YEAR_EASE = 0.8
SIZES = (0.6, 1.6)
MONTHS_BETWEEN = 4
REASONS = {
    "No decision": 28,
    "Competitor": 22,
    "Price": 17,
    "No budget": 14,
    "Missing feature": 11,
    "Timing": 8,
}
OPEN = 40
OPEN_SOURCES = {"Sales": 60, "AM": 25, "Self-serve": 15}
OPEN_AMOUNTS = {"SMB": (20, 90), "Mid-Market": (150, 450), "Enterprise": (600, 2000)}
# of a hundred open ones, how many are to close in each month from the next one on
CLOSING = (20, 17, 22, 10, 9, 12, 6, 4)


def add_prospects(company: Company) -> None:
    """Accounts that never bought, and accounts that the CRM knew long before they did."""
    with company.own_draws(f"{PROSPECT_SEED}") as rng:
        for account in company.accounts:
            is_early = rng.randrange(100) < KNOWN_EARLY
            days = rng.randrange(90, 420)
            if is_early and account.account_id not in company.plain and not account.is_deleted:
                since = max(add_days(account.created, -days), min(FIRST_CREATED, account.created))
                account.created = account.versions[0].since = since
        names = [f"{a} {n}" for a in PROSPECT_ADJECTIVES.split() for n in PROSPECT_NOUNS.split()]
        rng.shuffle(names)
        managers = [manager for manager in MANAGERS if manager not in LEFT]
        for name in names[:PROSPECTS]:
            span = (add_days(AS_OF, -30) - FIRST_CREATED).days
            created = add_days(FIRST_CREATED, int(span * rng.random() ** 1.5))
            account = company.add_account(created, name=f"{name} {rng.choice(ENDINGS)}")
            # a prospect has no CSM
            account.current.csm = ""
            account.current.owner = rng.choice(managers)


def write_new_business(company: Company, key: Key, opportunities: Table, items: Table) -> None:
    """New business lost beside what was won, and open new business."""
    accounts = [a for a in company.accounts if not a.is_deleted and not a.master]
    lose(Writer(company, opportunities, items, LOST_SEED), key, accounts)
    prospects = [account for account in accounts if not account.current.csm]
    open_some(Writer(company, opportunities, items, OPEN_SEED), prospects)


def lose(writer: Writer, key: Key, accounts: list[Account]) -> None:
    """Lost opportunities beside the new business that was won."""
    rng = writer.rng
    lost: dict[str, list[int]] = defaultdict(list)
    for win in losses(writer, (NEW_BUSINESS,), WINS_PER_HUNDRED, BAD_YEAR_EASE):
        cents = hundreds(win.cents * rng.uniform(*SIZES))
        day = day_in_quarter(rng, win.close)
        if account := reached(rng, key, accounts, lost, win.segment, day):
            lost[account.account_id].append(month_index(day))
            created = max(add_days(day, -rng.randrange(25, 150)), add_days(account.created, 1))
            enter_lost(
                *(writer, account, NEW_BUSINESS, cents, day, workday(created), win.source),
                reasons=REASONS,
                leads=LEADS,
            )


def reached(
    rng: random.Random,
    key: Key,
    accounts: list[Account],
    lost: dict[str, list[int]],
    segment: str,
    day: date,
) -> Account | None:
    """An account of a segment that has no ARR around a day and was not asked for some months."""
    month = month_index(day)
    free = [
        account
        for account in accounts
        if add_days(account.created, 25) <= day
        and version_on(account, day).segment == segment
        and all(abs(month - other) >= MONTHS_BETWEEN for other in lost[account.account_id])
        and not any(key.arr.get(account.account_id, {}).get(m) for m in range(month - 2, month + 3))
    ]
    if not free:
        return None
    some = rng.sample(free, min(CANDIDATES, len(free)))
    return min(some, key=lambda account: (len(lost[account.account_id]), account.account_id))


def open_some(writer: Writer, prospects: list[Account]) -> None:
    """Open opportunities of prospects, most of them of the newest ones."""
    rng = writer.rng
    newest = sorted(prospects, key=lambda account: (account.created, account.account_id))
    for account in newest[-OPEN:]:
        source = rng.choices(tuple(OPEN_SOURCES), tuple(OPEN_SOURCES.values()))[0]
        close = day_ahead(rng, LAST_MONTH + 1 + rng.choices(range(len(CLOSING)), CLOSING)[0])
        stage = stage_near(rng, close)
        category, probability = STAGES[stage]
        earliest = max(add_days(account.created, 1), add_months(AS_OF, -5))
        created = add_days(earliest, rng.randrange((AS_OF - earliest).days))
        writer.enter(
            account,
            NEW_BUSINESS,
            hundreds(rng.randrange(*OPEN_AMOUNTS[account.current.segment]) * 10_000),
            close,
            instant(workday(created), f"{rng.randrange(8, 18):02d}:40:00"),
            source,
            "",
            stage_name=stage,
            is_won=False,
            is_closed=False,
            forecast_category=category,
            probability=probability,
            system_modstamp=instant(AS_OF, "17:10:00"),
            lead_source=rng.choice(LEADS),
            is_deleted=False,
        )
