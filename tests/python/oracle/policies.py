"""The policies under which books are proven: every switch that a bill can tell apart."""

from __future__ import annotations

from datetime import date

from oracle.policy import Policy

POLICIES: dict[str, Policy] = {
    "as it ships": Policy(as_of=date(2025, 3, 31)),
    "strict, inside a month, last days stored": Policy(
        as_of=date(2025, 3, 30),
        grace_days=0,
        end_is_inclusive=True,
        windows=(1, 2, 6),
        min_base_logos=2,
        segment_columns=("industry", "segment"),
    ),
    "ninety days of grace, history cut off, usage counted": Policy(
        as_of=date(2024, 12, 31),
        grace_days=90,
        history_start=date(2023, 6, 1),
        charge_types=("recurring", "usage"),
        windows=(12, 3),
    ),
    "hierarchy as it was": Policy(as_of=date(2025, 3, 31), hierarchy_mode="as_was"),
    "month-end rates": Policy(as_of=date(2025, 3, 31), fx_mode="month_end_rate"),
}
