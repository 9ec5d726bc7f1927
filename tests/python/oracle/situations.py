"""Which situations of metrics.md a book reaches. Each yields ids that carry the label of a book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from oracle.days import LEAP_DAY
from oracle.ledger import Answers, Reading
from oracle.lines import FOREVER, UNKNOWN, Line
from oracle.months import as_text, last_day, month_of
from oracle.service import coverage

Situation = Callable[[Reading, Answers], Iterable[str]]


def _lines(holds: Callable[[Line, Reading], bool]) -> Situation:
    return lambda reading, _: (line.line_id for line in reading.lines if holds(line, reading))


def _counted(holds: Callable[[Line, Reading], bool]) -> Situation:
    return _lines(lambda line, reading: line.exclusion is None and holds(line, reading))


def _excluded(reason: str) -> Situation:
    return _lines(lambda line, _: line.exclusion == reason)


def _movement(kind: str, table: str = "movements") -> Situation:
    return lambda _, answers: (key[0] for key in answers[table] if key[2] == kind)


def _driver(kind: str) -> Situation:
    return lambda _, answers: (key[1] for key in answers["drivers"] if key[3] == kind)


def _pairs_of_one_subscription(reading: Reading) -> Iterator[tuple[Line, Line]]:
    found = defaultdict(list)
    for line in reading.lines:
        if line.exclusion is None and not line.is_discount:
            found[line.subscription_id, line.product_id].append(line)
    for lines in found.values():
        yield from pairwise(sorted(lines, key=lambda line: (line.start, line.line_id)))


def _added_within(reading: Reading, _: Answers) -> Iterator[str]:
    for earlier, later in _pairs_of_one_subscription(reading):
        if earlier.start < later.start < earlier.end:
            yield later.line_id


def _entered_twice(reading: Reading, _: Answers) -> Iterator[str]:
    for one, other in _pairs_of_one_subscription(reading):
        alike = ("start", "stated_end", "native_cents", "currency", "quantity", "tier")
        if all(getattr(one, name) == getattr(other, name) for name in alike):
            yield other.line_id


def families(reading: Reading) -> list[list[Line]]:
    found = defaultdict(list)
    for line in reading.lines:
        if line.exclusion is None:
            found[line.customer_id, line.family].append(line)
    return list(found.values())


def _gap(more: int) -> Situation:
    """A family without service for the grace days and so many more."""

    def find(reading: Reading, _: Answers) -> Iterator[str]:
        for lines in families(reading):
            covered = coverage(lines)
            for (_, ended), (start, _) in pairwise(covered):
                if (start - ended).days == reading.policy.grace_days + more:
                    yield lines[0].line_id

    return find


def _ended_ago(more: int) -> Situation:
    """A family whose service ended the grace days and so many more before the day of the run."""

    def find(reading: Reading, _: Answers) -> Iterator[str]:
        for lines in families(reading):
            covered = coverage(lines)
            if covered and (reading.policy.as_of - covered[-1][1]).days == (
                reading.policy.grace_days + more
            ):
                yield lines[0].line_id

    return find


def _overlap_across_subscriptions(reading: Reading, _: Answers) -> Iterator[str]:
    for lines in families(reading):
        charges = sorted((line for line in lines if not line.is_discount), key=lambda x: x.start)
        for early, late in pairwise(charges):
            apart = early.subscription_id != late.subscription_id
            if apart and early.product_id == late.product_id and late.start < early.end:
                yield early.line_id


def _merged(steps: int) -> Situation:
    def find(reading: Reading, _: Answers) -> Iterator[str]:
        identities = reading.identities
        for customer_id in identities.records:
            count, at = 0, customer_id
            while at != identities.survivor(at):
                count, at = count + 1, identities.records[at]["merged_into_customer_id"]
            if count == steps:
                yield customer_id

    return find


def _on_a_circle_of_merges(reading: Reading, _: Answers) -> Iterator[str]:
    records = reading.identities.records
    for customer_id, row in records.items():
        into = as_text(row.get("merged_into_customer_id"))
        if into != customer_id and reading.identities.is_on_merge_circle(customer_id):
            yield customer_id


def _merged_into_a_circle(reading: Reading, answers: Answers) -> Iterator[str]:
    members = set(_on_a_circle_of_merges(reading, answers))
    for customer_id in reading.identities.records:
        if customer_id not in members and reading.identities.survivor(customer_id) in members:
            yield customer_id


def _on_a_circle_of_parents(reading: Reading, _: Answers) -> Iterator[str]:
    """Two customers, each the other's parent, today."""
    identities = reading.identities
    for customer_id, row in identities.records.items():
        named = as_text(row.get("parent_customer_id"))
        above = identities.survivor(named) if named else customer_id
        below = as_text(identities.records.get(above, {}).get("parent_customer_id"))
        if above != customer_id and below and identities.survivor(below) == customer_id:
            yield customer_id


def _survivor_never_landed(reading: Reading, _: Answers) -> Iterator[str]:
    records = reading.identities.records
    return (each for each in records if reading.identities.survivor(each) not in records)


def _group_with_several_customers(reading: Reading, _: Answers) -> Iterator[str]:
    groups = defaultdict(set)
    for customer_id in reading.customers.accounts:
        groups[reading.identities.parent(customer_id)].add(customer_id)
    return (group for group, members in groups.items() if len(members) > 1)


def _handed_over(reading: Reading, _: Answers) -> Iterator[str]:
    survivor = reading.identities.survivor
    for line in reading.lines:
        if line.customer_id != survivor(line.source_customer_id):
            yield line.line_id


def _shared_subscription(reading: Reading, _: Answers) -> Iterator[str]:
    holders = defaultdict(set)
    for line in reading.lines:
        if line.start <= reading.policy.as_of:
            holders[line.subscription_id].add(line.customer_id)
    return (name for name, found in holders.items() if len(found) > 1)


def _several_products_move(reading: Reading, answers: Answers) -> Iterator[str]:
    products = defaultdict(set)
    for customer_id, product_id, month, driver in answers["drivers"]:
        if driver not in ("new", "churn", "reactivation", "opening_balance"):
            products[customer_id, month].add(product_id)
    return (next(iter(found)) for found in products.values() if len(found) > 1)


def _drivers_cancel(_: Reading, answers: Answers) -> Iterator[str]:
    return (key[1] for key, row in answers["drivers"].items() if row["movement_type"] is None)


def _seats_and_price(_: Reading, answers: Answers) -> Iterator[str]:
    for customer_id, product_id, month, driver in answers["drivers"]:
        if driver == "seats" and (customer_id, product_id, month, "price") in answers["drivers"]:
            yield product_id


def _below_zero(reading: Reading, answers: Answers) -> Iterator[str]:
    return (key[0] for key, row in answers["customer_arr"].items() if row["arr"] < 0)


def _credit_before_charge(reading: Reading, answers: Answers) -> Iterator[str]:
    for account_id, account in reading.customers.accounts.items():
        first = account.first_month()
        if first and any(account.arr(month) < 0 for month in range(reading.months.start, first)):
            yield account_id


def _history_cut(reading: Reading, _: Answers) -> Iterator[str]:
    start = reading.policy.history_start
    return (line.line_id for line in reading.lines if start and line.start < start < line.end)


def _unknown_customer(reading: Reading, _: Answers) -> Iterator[str]:
    return (line.line_id for line in reading.lines if line.source_customer_id == UNKNOWN)


def _segment_changes(reading: Reading, _: Answers) -> Iterator[str]:
    segments = reading.segments
    for account_id, account in reading.customers.accounts.items():
        for month in reading.months[1:]:
            before, now = (segments.of(account_id, each) for each in (month - 1, month))
            if before != now and account.arr(month - 1):
                yield account_id
                break


def _rates_differ(left: str, right: str) -> Situation:
    def find(_: Reading, answers: Answers) -> Iterator[str]:
        for key, row in answers["retention"].items():
            if key[2] == "industry" and row[left] != row[right]:
                yield key[3]

    return find


def _is_month_end(line: Line, _: Reading) -> bool:
    return line.end != FOREVER and line.end == last_day(month_of(line.end))


SITUATIONS: dict[str, Situation] = {
    **{
        f"excluded: {reason}": _excluded(reason)
        for reason in (
            *("one_time", "trial", "usage", "services"),
            *("ends_before_start", "no_service_time"),
            *("superseded_before_start", "zero_amount"),
        )
    },
    "ends where another line supersedes it": _counted(lambda line, _: line.end < line.stated_end),
    "recurring discount": _counted(lambda line, _: line.is_discount),
    "customer below zero": _below_zero,
    "credit before the first charge": _credit_before_charge,
    "line in another currency": _counted(lambda line, _: line.currency != "USD"),
    "charge without seats": _counted(lambda line, _: line.quantity == 0 and not line.is_discount),
    "contracted step": _counted(lambda line, _: line.is_step and not line.is_discount),
    "discount marked as a step": _counted(lambda line, _: line.is_step and line.is_discount),
    "starts on the last day of a month": _counted(
        lambda line, _: line.start == last_day(month_of(line.start))
    ),
    "ends on the last day of a month": _counted(_is_month_end),
    "starts or ends on 29 February": _counted(lambda line, _: LEAP_DAY in (line.start, line.end)),
    "runs inside one month": _counted(lambda line, _: month_of(line.start) == month_of(line.end)),
    "starts after the day of the run": _counted(lambda line, r: line.start > r.policy.as_of),
    "seats added on a line of their own": _added_within,
    "line entered twice": _entered_twice,
    "subscription without an id": _counted(lambda line, _: line.subscription_id[:5] == "line "),
    "two subscriptions of a product overlap": _overlap_across_subscriptions,
    "gap of the grace days less one": _gap(-1),
    "gap of the grace days": _gap(0),
    "gap of the grace days and one": _gap(1),
    "ended the grace days less one ago": _ended_ago(-1),
    "ended the grace days ago": _ended_ago(0),
    "ended the grace days and one ago": _ended_ago(1),
    "late renewal bridged": _counted(lambda line, _: line.end < line.counted_until < FOREVER),
    "counts on in grace": _counted(lambda line, _: line.end < line.counted_until == FOREVER),
    "discount carried by grace": _counted(
        lambda line, _: line.is_discount and line.end < line.counted_until
    ),
    "notice given": _counted(lambda line, _: line.has_notice),
    "line without a customer": _unknown_customer,
    "merged once": _merged(1),
    "merged twice": _merged(2),
    "on a circle of merges": _on_a_circle_of_merges,
    "merged into a circle": _merged_into_a_circle,
    "on a circle of parents": _on_a_circle_of_parents,
    "survivor never landed": _survivor_never_landed,
    "group of several customers": _group_with_several_customers,
    "subscription handed over": _handed_over,
    "subscription of two customers at once": _shared_subscription,
    **{
        f"movement: {kind}": _movement(kind)
        for kind in ("new", "reactivation", "expansion", "contraction", "churn")
    },
    "churn of a group": _movement("churn", "parent_movements"),
    "customer changes its segment": _segment_changes,
    "movement: transfer": _movement("transfer"),
    "transfer between groups": _movement("transfer", "parent_movements"),
    "opening balance of a cut history": _movement("opening_balance"),
    "line from before a cut history": _history_cut,
    **{
        f"driver: {kind}": _driver(kind)
        for kind in (
            *("cross_sell", "product_drop", "seats", "price", "tier"),
            *("contracted_step", "discount_change"),
        )
    },
    "seats and price of one product": _seats_and_price,
    "several products move in one month": _several_products_move,
    "products cancel each other out": _drivers_cancel,
    "left and came back inside a window": _rates_differ("net", "strict_net"),
    "lowest point below both ends": _rates_differ("gross", "lowest"),
    "net and gross differ": _rates_differ("net", "gross"),
}


def situations_of(reading: Reading, answers: Answers) -> dict[str, set[str]]:
    """Situation -> labels of the books that reach it."""
    found = {}
    for name, situation in SITUATIONS.items():
        ids = situation(reading, answers)
        found[name] = {each.removeprefix("line ").split("/")[0] for each in ids}
    return found
