"""Who a customer is today: merges, hand-overs of subscriptions, parents, segments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from oracle.lines import UNKNOWN, Line
from oracle.months import as_text
from oracle.policy import Policy


class Identities:
    """What the customers table says, followed to its end."""

    def __init__(self, book: Mapping[str, list]) -> None:
        self.records = {str(row["customer_id"]): row for row in book.get("customers", [])}
        self.speakers: dict[str, Mapping] = {}
        for customer_id in sorted(self.records):
            self.speakers.setdefault(self.survivor(customer_id), self.records[customer_id])
        self.speakers |= {
            customer_id: row
            for customer_id, row in self.records.items()
            if self.survivor(customer_id) == customer_id
        }

    def survivor(self, customer_id: str) -> str:
        seen = {customer_id}
        while (row := self.records.get(customer_id)) is not None:
            into = as_text(row.get("merged_into_customer_id"))
            if into is None:
                break
            assert into not in seen, f"merges of {customer_id} run in circles"
            seen.add(into)
            customer_id = into
        return customer_id

    def parent(self, customer_id: str) -> str:
        """The customer at the top; every step goes to the survivor of the record named."""
        seen = {customer_id}
        while (row := self.records.get(customer_id)) is not None:
            named = as_text(row.get("parent_customer_id"))
            above = self.survivor(named) if named is not None else customer_id
            if above == customer_id:
                break
            assert above not in seen, f"parents of {customer_id} run in circles"
            seen.add(above)
            customer_id = above
        return customer_id

    def segment(self, customer_id: str, column: str) -> str:
        """What the surviving record says; where it never landed, the first merged into it."""
        return as_text(self.speakers.get(customer_id, {}).get(column)) or UNKNOWN


def assign_customers(lines: list[Line], identities: Identities, policy: Policy) -> None:
    """Every line stands with whoever holds its subscription today, after merges."""
    by_subscription: dict[str, list[Line]] = {}
    for line in lines:
        by_subscription.setdefault(line.subscription_id, []).append(line)
    for of_subscription in by_subscription.values():
        passed_on = _passed_on(of_subscription, policy)
        for line in of_subscription:
            holder = line.source_customer_id
            if holder in passed_on:
                holder = passed_on[holder]
            line.customer_id = identities.survivor(holder)


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
