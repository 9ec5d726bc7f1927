"""Cohorts by first month: what is left of each at every age that it has reached."""

from __future__ import annotations

from collections import defaultdict

from oracle.balances import Balances
from oracle.bridge import over
from oracle.segments import Segments

SUMS = ("base", "customers", "net", "gross", "retained")
Key = tuple[int, int, str, str]


def cohorts_of(balances: Balances, segments: Segments) -> dict[Key, dict]:
    """By cohort month, age and segment in the first month."""
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for account in balances.accounts.values():
        first_month = account.first_month()
        if first_month is None:
            continue
        for month in range(first_month, balances.months.stop):
            base, now = account.arr(first_month, month), account.arr(month)
            parts = (base, 1, now, max(0, min(now, base)), int(now > 0))
            for segment in segments.of(account.account_id, first_month):
                total = sums[(first_month, month - first_month, *segment)]
                for place, part in enumerate(parts):
                    total[place] += part
    return {key: _row(total) for key, total in sums.items()}


def _row(total: list[int]) -> dict:
    row = dict(zip(SUMS, total, strict=True))
    return {
        **row,
        "net_retention": over(row["net"], row["base"]),
        "gross_retention": over(row["gross"], row["base"]),
        "logo_retention": over(row["retained"], row["customers"]),
    }


def average_of(cohorts: dict[Key, dict]) -> dict[tuple[int, str, str], dict]:
    """By age and segment, over the cohorts that reached the age, weighted by their base."""
    sums: dict[tuple, list[int]] = defaultdict(lambda: [0] * (len(SUMS) + 1))
    for (_, age, *segment), row in cohorts.items():
        total = sums[(age, *segment)]
        for place, part in enumerate([*(row[name] for name in SUMS), 1]):
            total[place] += part
    return {key: {**_row(total[:-1]), "cohorts": total[-1]} for key, total in sums.items()}
