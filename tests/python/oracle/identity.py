"""Who a customer is today: merges, hand-overs of subscriptions, parents, segments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from oracle.lines import UNKNOWN, Line
from oracle.months import as_day, as_text, last_day, month_of
from oracle.policy import Policy


class Identities:
    """What the tables of customers say, followed to its end: today, or as it was in a month."""

    def __init__(self, book: Mapping[str, list]) -> None:
        self.records = {str(row["customer_id"]): row for row in book.get("customers", [])}
        self.versions: dict[str, list[Mapping]] = {}
        for row in sorted(
            book.get("customer_versions", []), key=lambda row: as_day(row["valid_from"])
        ):
            if str(row["customer_id"]) in self.records:
                self.versions.setdefault(str(row["customer_id"]), []).append(row)
        self.first_merged: dict[str, str] = {}
        for customer_id in sorted(self.records):
            self.first_merged.setdefault(self.survivor(customer_id), customer_id)

    def survivor(self, customer_id: str, month: int | None = None) -> str:
        while (into := self._merged_into(customer_id, month)) is not None:
            customer_id = into
        return customer_id

    def _merged_into(self, customer_id: str, month: int | None) -> str | None:
        """A customer on a circle of merges is not merged: the owner of its ARR is not known."""
        row = self.records.get(customer_id, {})
        day = as_day(row.get("merged_date"))
        if month is not None and day is not None and month_of(day) > month:
            return None
        if self.is_on_merge_circle(customer_id):
            return None
        return as_text(row.get("merged_into_customer_id"))

    def is_on_merge_circle(self, customer_id: str) -> bool:
        """Whether merges, whenever they were, lead from the customer back to it."""
        at, seen = customer_id, set()
        while at is not None and at not in seen:
            seen.add(at)
            at = as_text(self.records.get(at, {}).get("merged_into_customer_id"))
        return at == customer_id

    def parent(self, customer_id: str, month: int | None = None) -> str:
        """The customer at the top; every step goes to the survivor of the record named.

        A circle of parents has no top: the climb ends at the first of its members it comes to.
        """
        seen = {customer_id}
        while (named := self._belongs_to(customer_id, month)) is not None:
            above = self.survivor(named, month)
            if above in seen:
                return above
            seen.add(above)
            customer_id = above
        return customer_id

    def _belongs_to(self, customer_id: str, month: int | None) -> str | None:
        if month is not None:
            return self._said(customer_id, "parent_customer_id", month)
        return as_text(self.records.get(customer_id, {}).get("parent_customer_id"))

    def _said(self, customer_id: str, column: str, month: int) -> str | None:
        """As of the month; what no version of the customer ever names is as it is today."""
        if any(as_text(row.get(column)) for row in self.versions.get(customer_id, [])):
            return as_text((self.version(customer_id, month) or {}).get(column))
        return as_text(self.records.get(customer_id, {}).get(column))

    def version(self, customer_id: str, month: int) -> Mapping | None:
        """The version in force at the end of the month; the first one reaches back for ever."""
        versions = self.versions.get(customer_id, [])
        begun = [row for row in versions if as_day(row["valid_from"]) <= last_day(month)]
        return begun[-1] if begun else (versions[0] if versions else None)

    def segment(self, customer_id: str, column: str, month: int) -> str:
        """What is said of the customer at the end of the month; unknown where no record says it.

        Where a survivor never landed, the first of those merged into it speaks, as it is today.
        """
        if customer_id in self.records:
            return self._said(customer_id, column, month) or UNKNOWN
        speaker = self.first_merged.get(customer_id, customer_id)
        return as_text(self.records.get(speaker, {}).get(column)) or UNKNOWN


def assign_customers(lines: list[Line], identities: Identities, policy: Policy) -> None:
    """Every line counts for the customer that holds its subscription today, after merges."""
    by_subscription: dict[str, list[Line]] = {}
    for line in lines:
        by_subscription.setdefault(line.subscription_id, []).append(line)
    for of_subscription in by_subscription.values():
        passed_on = _passed_on(of_subscription, policy)
        for line in of_subscription:
            named = line.source_customer_id
            line.customer_id = identities.survivor(passed_on.get(named, named))
            if named in passed_on or named in passed_on.values():
                line.holders = [
                    (month_of(start), name)
                    for start, _, name in held_stretches(of_subscription, policy)
                ]


def _passed_on(lines: list[Line], policy: Policy) -> dict[str, str]:
    """Earlier holder -> holder today; empty where the subscription was not handed over.

    One holder after the other, never two at once, and no more than the grace days between them.
    """
    stretches = held_stretches(lines, policy)
    for (_, until, _), (start, _, _) in pairwise(stretches):
        if until > start or (start - until).days > policy.grace_days:
            return {}
    return {holder: stretches[-1][2] for _, _, holder in stretches[:-1]}


def held_stretches(lines: list[Line], policy: Policy) -> list[tuple[date, date, str]]:
    """From when until when each customer held the subscription, in time order.

    A line that carries nothing holds nothing; a hand-over that is ahead has not happened.
    """
    stretches: dict[str, tuple[date, date]] = {}
    for line in lines:
        if line.start <= policy.as_of and line.start < line.end and line.is_charged(policy):
            start, until = stretches.get(line.source_customer_id, (line.start, line.end))
            stretches[line.source_customer_id] = (min(start, line.start), max(until, line.end))
    return sorted((start, until, holder) for holder, (start, until) in stretches.items())
