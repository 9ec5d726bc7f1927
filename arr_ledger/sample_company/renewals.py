"""What came up for renewal and what became of it, read off the contracts themselves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from .book import GRACE, AgreedLine, agreed_lines
from .company import Company
from .contracts import FAR
from .days import AS_OF, add_months

Place = tuple[str, str, str, str]
MOST_TERMS = 70


@dataclass
class Renewal:
    """Terms of one subscription and product family that end on a day; money in cents."""

    source_system: str
    subscription_id: str
    customer_id: str
    product_family: str
    end: date
    up: int
    has_notice: bool = False
    outcome: str = ""
    renewed_on: date | None = None
    renewed: int | None = None


class Contracts:
    """The lines of the company, found by what they belong to."""

    def __init__(self, lines: list[AgreedLine]) -> None:
        self.lines = lines
        self.of_place: dict[Place, list[AgreedLine]] = defaultdict(list)
        self.of_item: dict[tuple[str, str], list[AgreedLine]] = defaultdict(list)
        self.of_subscription: dict[str | None, list[AgreedLine]] = defaultdict(list)
        self.replacing: dict[str, AgreedLine] = {}
        for line in lines:
            self.of_place[place(line)].append(line)
            self.of_subscription[line.line.subscription_id].append(line)
            if line.line.item_id:
                self.of_item[line.line.item_id, line.family].append(line)
            if line.line.supersedes:
                self.replacing.setdefault(line.line.supersedes, line)
        self.ends = {id(line): self.term_ends(line) for line in lines}

    def item(self, line: AgreedLine) -> list[AgreedLine]:
        """Stretches of one item, which a change in between does not end."""
        if line.line.item_id:
            return self.of_item[line.line.item_id, line.family]
        return [line]

    def successor(self, line: AgreedLine) -> AgreedLine | None:
        """The line that replaces this one."""
        return self.replacing.get(line.line.line_id) if line.line.line_id else None

    def billed_since(self, line: AgreedLine) -> date:
        """The first day of the contract; an item is billed with the subscription that it joined."""
        item = self.item(line)
        begun = min(other.line.start for other in item)
        if not line.line.item_id:
            return begun
        others = self.of_subscription[line.line.subscription_id]
        return min(begun, *(other.line.start for other in others))

    def term_ends(self, line: AgreedLine) -> list[date]:
        """Anniversaries of the contract, and the day on which it was agreed to end."""
        months = 12 / line.line.periods_per_year
        if months <= 1:
            return []
        stated = line.line.end or FAR
        until = min(stated, line.end) if line.moves_on or line.line.item_id else stated
        item = self.item(line)
        begun = self.billed_since(line)
        days = set()
        if months.denominator == 1:
            days = {add_months(begun, int(months) * n) for n in range(1, MOST_TERMS)}
        is_cut = any(other.start == until for other in item if other is not line)
        if until < FAR and not line.ends_in_pause and not is_cut:
            days.add(until)
        steps = {
            other.start for other in self.of_place[place(line)] if other.line.is_contracted_step
        }
        days = {day for day in days if line.start < day <= until} - steps
        if line.moves_on:
            days = {day for day in days if day < line.end}
        past = {day for day in days if day <= AS_OF}
        return sorted(past | set(sorted(days - past)[:1]))

    def is_up(self, line: AgreedLine, end: date) -> bool:
        """A term whose contract was replaced is up only where the new one binds for longer."""
        after = self.successor(line)
        if after is None or end <= after.start:
            return True
        first = min(day for day in self.ends[id(line)] if day > after.start)
        return end == first and max(self.ends[id(after)], default=FAR) > end


def renewals_of(company: Company) -> list[Renewal]:
    """Every end of a term longer than a month: the past ones and the next one of each line."""
    contracts = Contracts(agreed_lines(company))
    found: dict[tuple[Place, date], list[AgreedLine]] = defaultdict(list)
    for line in contracts.lines:
        for end in contracts.ends[id(line)]:
            if contracts.is_up(line, end):
                found[place(line), end].append(line)
    renewals = []
    for (where, end), of_end in sorted(found.items()):
        up = sum(line.arr for line in of_end)
        if up > 0:
            has_notice = any(line.line.notice and line.line.notice <= end for line in of_end)
            renewals.append(Renewal(*where, end, up, has_notice))
            go_on(renewals[-1], where, of_end, contracts)
    take_up(renewals, contracts)
    for renewal in renewals:
        judge(renewal)
    return renewals


def place(line: AgreedLine) -> Place:
    """What a renewal is of."""
    source = line.line.customer[0]
    subscription = line.line.subscription_id or line.line.line_id
    return (source, subscription, line.customer_id, line.family)


def go_on(renewal: Renewal, where: Place, of_end: list[AgreedLine], contracts: Contracts) -> None:
    """The contract runs on, the next one of its subscription begins, or it was replaced before."""
    goes_on = [
        (line.start, line.arr) for line in contracts.of_place[where] if line.start == renewal.end
    ]
    for line in of_end:
        after = contracts.successor(line)
        if after is not None and after.start < renewal.end:
            goes_on.append((after.start, after.arr))
        elif line.end > renewal.end:
            goes_on.append((renewal.end, line.arr))
    settle(renewal, goes_on)


def settle(renewal: Renewal, goes_on: list[tuple[date, int]]) -> None:
    """Days and amounts at which a term goes on; nothing where they come to nothing."""
    if sum(arr for _, arr in goes_on) > 0:
        renewal.renewed_on = min(day for day, _ in goes_on)
        renewal.renewed = sum(arr for _, arr in goes_on)


def take_up(renewals: list[Renewal], contracts: Contracts) -> None:
    """A contract begun on the day or within the grace takes up the latest term that waits."""
    waiting = [renewal for renewal in renewals if renewal.renewed_on is None]
    taken: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for (*_, customer, family), day, arr in beginnings(contracts):
        fitting = [
            renewal
            for renewal in waiting
            if (renewal.customer_id, renewal.product_family) == (customer, family)
            and renewal.end <= day <= renewal.end + GRACE
        ]
        if arr > 0 and fitting:
            latest = max(fitting, key=lambda renewal: (renewal.end, renewal.up))
            taken[id(latest)].append((day, arr))
    for renewal in waiting:
        settle(renewal, taken[id(renewal)])
    make_one([renewal for renewal in waiting if renewal.renewed_on is None], renewals)


def make_one(ended: list[Renewal], renewals: list[Renewal]) -> None:
    """Contracts that end on one day and go on as one of them, which grows by all of the others."""
    for renewal in ended:
        where = (renewal.customer_id, renewal.product_family, renewal.end)
        together = [
            other
            for other in renewals
            if (other.customer_id, other.product_family, other.end) == where
        ]
        grown = [
            other
            for other in together
            if other.renewed_on == renewal.end and other.renewed > other.up
        ]
        missing = sum(other.up for other in together if other.renewed_on is None)
        if len(grown) == 1 and 0 < missing <= grown[0].renewed - grown[0].up:
            grown[0].renewed -= missing
            for other in together:
                if other.renewed_on is None:
                    settle(other, [(renewal.end, other.up)])


def beginnings(contracts: Contracts) -> list[tuple[Place, date, int]]:
    """Days on which a subscription begins, or begins again, to hold a product family."""
    begun: dict[tuple[Place, date], int] = defaultdict(int)
    for where, lines in contracts.of_place.items():
        for line in lines:
            if not any(other.start < line.start <= other.end for other in lines):
                begun[where, line.start] += line.arr
    return sorted((where, day, arr) for (where, day), arr in begun.items())


def judge(renewal: Renewal) -> None:
    """Early, on time, late, lost or still open."""
    end, day = renewal.end, renewal.renewed_on
    if day and day < end:
        renewal.outcome = "early"
    elif end > AS_OF:
        renewal.outcome = "open"
    elif day:
        renewal.outcome = "on_time" if day == end else "late"
    elif end + GRACE > AS_OF and not renewal.has_notice:
        renewal.outcome = "open"
    else:
        renewal.outcome, renewal.renewed = "lost", 0
    if renewal.outcome == "open":
        renewal.renewed = renewal.renewed_on = None
