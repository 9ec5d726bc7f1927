"""NDR, GRR, logo retention, strict and lowest point: each customer looked at month by month."""

from __future__ import annotations

from collections import defaultdict

from oracle.balances import Account, Balances
from oracle.bridge import over
from oracle.policy import Policy
from oracle.segments import Segments

SUMS = ("base", "customers", "net", "gross", "retained", "strict_net", "strict_gross", "lowest")
Key = tuple[int, int, str, str]


def retention_of(balances: Balances, segments: Segments, policy: Policy) -> dict[Key, dict]:
    """By month, window and segment at the base month; only where the base holds somebody."""
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * len(SUMS))
    first = balances.months.start
    for account in balances.accounts.values():
        for window in policy.windows:
            for month in balances.months:
                base_month = month - window
                if base_month < first or account.arr(base_month, month) <= 0:
                    continue
                parts = _parts(account, base_month, month)
                for segment in segments.of(account.account_id, base_month):
                    total = sums[(month, window, *segment)]
                    for place, part in enumerate(parts):
                        total[place] += part
    return {key: _row(total, policy) for key, total in sums.items()}


def _parts(account: Account, base_month: int, month: int) -> tuple[int, ...]:
    """What one customer of the base adds to each sum, all at the rates of the later month."""
    window = [account.arr(each, month) for each in range(base_month, month + 1)]
    base, now, lowest = window[0], window[-1], max(0, min(window))
    capped = max(0, min(now, base))
    unbroken = lowest > 0
    return (
        base,
        1,
        now,
        capped,
        int(now > 0),
        now if unbroken else 0,
        capped if unbroken else 0,
        lowest,
    )


def _row(total: list[int], policy: Policy) -> dict:
    row = dict(zip(SUMS, total, strict=True))
    base = row["base"]
    return {
        **row,
        "ndr": over(row["net"], base),
        "grr": over(row["gross"], base),
        "logo_retention": over(row["retained"], row["customers"]),
        "ndr_strict": over(row["strict_net"], base),
        "grr_strict": over(row["strict_gross"], base),
        "grr_running_min": over(row["lowest"], base),
        "is_low_base": row["customers"] < policy.min_base_logos,
    }
