"""The policy under which a book is read, and the variables that say the same to dbt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oracle.months import last_day, month_of


@dataclass(frozen=True)
class Policy:
    as_of: date
    grace_days: int = 30
    history_start: date | None = None
    end_is_inclusive: bool = False
    charge_types: tuple[str, ...] = ("recurring",)
    windows: tuple[int, ...] = (1, 3, 12, 24)
    min_base_logos: int = 5
    segment_columns: tuple[str, ...] = ("segment", "industry", "region")
    reporting_currency: str = "USD"
    fx_mode: str = "plan_rate"
    hierarchy_mode: str = "re_presented"

    @property
    def last_month(self) -> int:
        """The newest published month: its last day is on or before as_of."""
        month = month_of(self.as_of)
        return month if last_day(month) <= self.as_of else month - 1

    @property
    def history_month(self) -> int | None:
        return month_of(self.history_start) if self.history_start else None

    def variables(self) -> dict:
        """Overrides of vars.yml; what is not given keeps its default there."""
        return {
            "as_of_date": self.as_of.isoformat(),
            "renewal_grace_days": self.grace_days,
            "history_start_date": self.history_start.isoformat() if self.history_start else "",
            "custom_billing_end_date_is_inclusive": self.end_is_inclusive,
            "charge_types_in_arr": list(self.charge_types),
            "retention_windows": list(self.windows),
            "min_base_logos": self.min_base_logos,
            "segment_columns": list(self.segment_columns),
            "reporting_currency": self.reporting_currency,
            "fx_mode": self.fx_mode,
            "hierarchy_mode": self.hierarchy_mode,
            # random books hold as many faulty lines as they like
            "unusable_arr_limit_percent": 100,
        }
