"""Sums of movements by month and segment, and the rates read off one month."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from oracle.balances import Balances
from oracle.movements import TYPES
from oracle.segments import Segments

Key = tuple[int, str, str]


def bridge_of(movements: list[dict], balances: Balances, segments: Segments) -> dict[Key, dict]:
    """Beginning, every movement and ending, in cents, by month and segment of the month.

    A customer that changes its segment takes its opening ARR along as a transfer.
    """
    rows: dict[Key, dict] = defaultdict(lambda: dict.fromkeys(("beginning", *TYPES, "ending"), 0))
    for move in movements:
        for kind, value in segments.of(move["account_id"], move["month"]):
            rows[move["month"], kind, value][move["movement_type"]] += move["arr_change"]
    for account_id, account in balances.accounts.items():
        for month in balances.months:
            before, after = account.arr(month - 1), account.arr(month)
            now = segments.of(account_id, month)
            for (kind, value), (_, earlier) in zip(
                now, segments.of(account_id, month - 1), strict=True
            ):
                rows[month, kind, earlier]["beginning"] += before
                rows[month, kind, value]["ending"] += after
                if earlier != value:
                    rows[month, kind, earlier]["transfer"] -= before
                    rows[month, kind, value]["transfer"] += before
    return dict(rows)


def rates_of(bridge: dict[Key, dict]) -> dict[Key, dict]:
    rates = {}
    for key, row in bridge.items():
        lost = -(row["contraction"] + row["churn"])
        won_back = row["expansion"] + row["reactivation"]
        rates[key] = {
            "quick_ratio": over(row["new"] + won_back, lost),
            "gross_churn_rate": over(lost, row["beginning"]),
            "net_churn_rate": over(lost - won_back, row["beginning"]),
        }
    return rates


def over(part: int, whole: int) -> Fraction | None:
    """No rate over nothing, nor over less than nothing."""
    return Fraction(part, whole) if whole > 0 else None
