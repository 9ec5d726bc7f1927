"""What comes up for renewal and what becomes of it, line by line and day by day."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from oracle.lines import FOREVER, Line, Rates
from oracle.months import RATE_SCALE, rounded
from oracle.policy import Policy

Key = tuple[str, str, str, date]  # subscription, customer, family, day the term ends


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def cents_today(line: Line, rates: Rates, policy: Policy) -> int:
    """ARR at the rate that stands for the currency of the line today."""
    if line.currency == rates.reporting:
        return line.native_cents
    if rates.are_constant:
        return rates.cents(line, 0)
    known = [
        (month, rate)
        for (currency, month), rate in rates.rates.items()
        if currency == line.currency and month is not None and month <= policy.last_month
    ]
    return rounded(line.native_cents * max(known)[1], RATE_SCALE)


def is_before_end_of_notice(line: Line, end: date, policy: Policy) -> bool:
    """After notice a line runs to the end it states, and no term of it is still to end before."""
    is_ahead = policy.as_of < end < line.stated_end < FOREVER
    return is_ahead and bool(line.notice) and line.notice <= policy.as_of


def renewals_of(lines: list[Line], rates: Rates, policy: Policy) -> dict[Key, dict[str, Any]]:
    """Rows of fct_renewals; money in whole cents at today's rates."""
    book = _Book([line for line in lines if line.exclusion is None], rates, policy)
    up = book.up_for_renewal()
    in_place = {key: book.goes_on(key) for key in up}
    begun = book.begun_anew(up, in_place)
    rows = {}
    for key, amount in up.items():
        parts = [part for part in (in_place[key], begun.get(key)) if part]
        renewal = (parts[0][0], sum(cents for _, cents in parts)) if parts else None
        rows[key] = _row(key, amount, renewal, book.notice(key), policy)
    return rows


def _row(
    key: Key, up: int, renewal: tuple[date, int] | None, has_notice: bool, policy: Policy
) -> dict[str, Any]:
    end = key[-1]
    limit = end + timedelta(days=policy.grace_days)
    if renewal and renewal[0] < end:
        outcome = "early"
    elif end > policy.as_of:
        outcome = "open"
    elif renewal:
        outcome = "on_time" if renewal[0] == end else "late"
    else:
        outcome = "open" if limit > policy.as_of and not has_notice else "lost"
    row: dict[str, Any] = {"outcome": outcome, "up": up, "renewed": None, "day": None}
    if outcome == "lost":
        row["renewed"] = 0
    elif outcome != "open" and renewal:
        row["day"], row["renewed"] = renewal
    return row


def _place(line: Line) -> tuple[str, str, str]:
    return line.subscription_id, line.customer_id, line.family


class _Book:
    def __init__(self, lines: list[Line], rates: Rates, policy: Policy) -> None:
        self.lines, self.rates, self.policy = lines, rates, policy
        self.termed = [line for line in lines if line.months > 1]
        self.successors = defaultdict(list)
        for line in lines:
            if line.supersedes and line.supersedes != line.line_id:
                self.successors[line.supersedes].append(line)
        self.held = defaultdict(list)
        for line in lines:
            self.held[_place(line)].append(line)
        self.ends = {line.line_id: self._ends(line) for line in self.termed}

    def cents(self, line: Line) -> int:
        return cents_today(line, self.rates, self.policy)

    def _ends(self, line: Line) -> list[date]:
        """Every past end of a term and the next, while the line runs as it states."""
        steps = {
            other.start for other in self.held[_place(line)] if other.is_step and other.months > 1
        }
        days = [] if line.stated_end in steps else [line.stated_end]
        count = 1
        while line.months.denominator == 1:
            end = later(line.start, int(line.months) * count)
            count += 1
            if end > line.stated_end:
                break
            if end not in steps and not is_before_end_of_notice(line, end, self.policy):
                days.append(end)
                if end > self.policy.as_of:
                    break
        days = sorted(day for day in set(days) if day != FOREVER)
        past = [day for day in days if day <= self.policy.as_of]
        return past + [day for day in days if day > self.policy.as_of][:1]

    def _coming_up(self, line: Line) -> list[tuple[date, bool]]:
        """Ends that come up, and whether the line was replaced before them."""
        listed = [(day, False) for day in self.ends[line.line_id] if day <= line.end]
        after = [day for day in self.ends[line.line_id] if day > line.end]
        is_within_a_term = line.end != line.stated_end and line.end not in self.ends[line.line_id]
        by_a_step = any(
            other.is_step and other.months > 1 for other in self.successors[line.line_id]
        )
        if not after or not is_within_a_term or by_a_step:
            return listed
        new_ends = [
            day
            for other in self.successors[line.line_id]
            for day in self.ends.get(other.line_id, [])
        ]
        if not new_ends or max(new_ends) > after[0]:
            listed.append((after[0], True))
        return listed

    def up_for_renewal(self) -> dict[Key, int]:
        self.early: dict[Key, list[Line]] = defaultdict(list)
        self.by_key: dict[Key, list[Line]] = defaultdict(list)
        for line in self.termed:
            for day, is_early in self._coming_up(line):
                key = (line.subscription_id, line.customer_id, line.family, day)
                self.by_key[key].append(line)
                if is_early:
                    self.early[key].append(line)
        sums = {key: sum(map(self.cents, lines)) for key, lines in self.by_key.items()}
        return {key: cents for key, cents in sums.items() if cents > 0}

    def notice(self, key: Key) -> bool:
        day = key[-1]
        return any(
            line.notice and (line.notice <= day or line.end == day) for line in self.by_key[key]
        )

    def goes_on(self, key: Key) -> tuple[date, int] | None:
        """The day and the cents at which it goes on without a gap."""
        day = key[-1]
        found = [
            (day, self.cents(line))
            for line in self.by_key[key]
            if line not in self.early[key] and line.end > day
        ]
        begun = {line.line_id: line for line in self.held[key[:-1]] if line.start == day}
        for old in self.by_key[key]:
            for new in self.successors[old.line_id]:
                if new.start == day or old in self.early[key]:
                    begun[new.line_id] = new
        found += [(new.start, self.cents(new)) for new in begun.values()]
        total = sum(cents for _, cents in found)
        return (min(start for start, _ in found), total) if total > 0 else None

    def beginnings(self) -> dict[tuple[str, str, str, date], int]:
        """Cents that begin on a day where the subscription had no such family the day before.

        What replaces a line begins nothing.
        """
        found: dict[tuple[str, str, str, date], int] = defaultdict(int)
        ends = {(line.line_id, line.end) for line in self.lines}
        for line in self.lines:
            where = _place(line)
            if (line.supersedes, line.start) in ends:
                continue
            if not any(other.start < line.start <= other.end for other in self.held[where]):
                found[(*where, line.start)] += self.cents(line)
        return {where: cents for where, cents in found.items() if cents > 0}

    def begun_anew(
        self, up: dict[Key, int], in_place: dict[Key, tuple[date, int] | None]
    ) -> dict[Key, tuple[date, int]]:
        """What beginnings renew: the terms of one day, the latest before each of them.

        First those that do not go on, the largest first. What goes on with less lacks the rest.
        """
        lacking = {
            key: up[key] - (going_on[1] if going_on else 0)
            for key, going_on in in_place.items()
            if not going_on or going_on[1] < up[key]
        }
        grace = timedelta(days=self.policy.grace_days)
        pools: dict[tuple[str, str, date], list[tuple[date, int]]] = defaultdict(list)
        for (_, customer, family, start), cents in self.beginnings().items():
            days = [
                key[3]
                for key in lacking
                if key[1:3] == (customer, family)
                and key[3] <= start <= (key[3] if in_place[key] else key[3] + grace)
            ]
            if days:
                pools[customer, family, max(days)].append((start, cents))
        taken: dict[Key, tuple[date, int]] = {}
        pools |= {key[1:]: [] for key in lacking if not in_place[key] and key[1:] not in pools}
        for pool, starts in pools.items():
            if not starts:
                taken |= self.merged(pool, up, in_place, taken)
                continue
            first_day, left = min(starts)[0], sum(cents for _, cents in starts)
            keys = sorted(
                (key for key in lacking if key[1:] == pool),
                # a line that is its own subscription goes by its id
                key=lambda k: (bool(in_place[k]), -lacking[k], k[0].removeprefix("line "), k[1:]),
            )
            for key in keys:
                filled = min(lacking[key], left)
                left -= filled
                if filled:
                    taken[key] = (first_day, filled)
            if left and not in_place[keys[0]]:
                taken[keys[0]] = (first_day, lacking[keys[0]] + left)
            taken |= self.merged(pool, up, in_place, taken)
        return taken

    def merged(
        self,
        pool: tuple[str, str, date],
        up: dict[Key, int],
        in_place: dict[Key, tuple[date, int] | None],
        taken: dict[Key, tuple[date, int]],
    ) -> dict[Key, tuple[date, int]]:
        """What ends on one day as several subscriptions and goes on as fewer of them.

        Only growth that covers all that is still gone is taken for it; it is growth no more.
        """
        keys = [key for key in up if key[1:] == pool]
        gone = {key: up[key] - taken.get(key, (None, 0))[1] for key in keys if not in_place[key]}
        growths = {}
        for key in keys:
            going_on = in_place[key]
            if going_on and going_on[0] == key[3] and going_on[1] > up[key]:
                growths[key] = going_on[1] - up[key]
        needed = sum(cents for cents in gone.values() if cents > 0)
        if not 0 < needed <= sum(growths.values()):
            return {}
        found = {}
        for key, cents in gone.items():
            if cents > 0:
                day, filled = taken.get(key, (key[3], 0))
                found[key] = (day, filled + cents)
        order = sorted(growths, key=lambda k: (k[0].removeprefix("line "), k[1:]))
        for key in sorted(order, key=lambda k: (-growths[k], -up[k])):
            used = min(growths[key], needed)
            needed -= used
            if used:
                found[key] = (key[3], -used)
        return found
