"""Where each answer of the oracle stands in the project: model, key, columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ledger_harness import LedgerRun

from oracle.lines import FOREVER
from oracle.months import month_of
from oracle.movements import TYPES
from oracle.policy import Policy

Rows = dict[tuple, dict[str, Any]]


@dataclass(frozen=True)
class Table:
    """Rows of a model by key, with the names of the oracle."""

    model: str
    key: tuple[str, ...]
    renamed: dict[str, str]  # column of the model -> column of the oracle

    @property
    def columns(self) -> list[str]:
        return list(self.renamed.values())

    @property
    def models(self) -> list[str]:
        """Every model that is read."""
        return [self.model]

    def read(self, run: LedgerRun, _policy: Policy) -> Rows:
        rows: Rows = {}
        listed = ", ".join([*self.key, *self.renamed])
        for row in run.query(f"select {listed} from {run.relation(self.model)}"):
            name = tuple(self.plain(row[column]) for column in self.key)
            assert name not in rows, f"{self.model} has two rows for {name}"
            rows[name] = {to: self.plain(row[column]) for column, to in self.renamed.items()}
        return rows

    def plain(self, value: Any) -> Any:
        """Money in cents; a day stands for its month."""
        return _plain(value)


class DayTable(Table):
    """A table in which days are days."""

    def plain(self, value: Any) -> Any:
        return value if isinstance(value, date) else _plain(value)


class SpanTable(Table):
    """Balances by month off spans of months, each published month looked at."""

    def read(self, run: LedgerRun, policy: Policy) -> Rows:
        rows: Rows = {}
        start, until = self.model_spans
        for row in run.rows(self.model):
            first, end = _month(row[start]), _month(row[until]) or policy.last_month + 1
            for month in range(first, min(end, policy.last_month + 1)):
                name = (*(row[column] for column in self.key), month)
                assert name not in rows, f"{self.model} has two spans for {name}"
                rows[name] = {"arr": cents(row["arr"])}
        return rows

    @property
    def model_spans(self) -> tuple[str, str]:
        is_mart = self.model.startswith("fct_")
        return (
            ("from_month", "until_month") if is_mart else ("from_month_index", "until_month_index")
        )


class RetentionTable(Table):
    """An empty base may have a row, without a rate and without anything in it; it is left out."""

    def read(self, run: LedgerRun, policy: Policy) -> Rows:
        rows = super().read(run, policy)
        for key, row in rows.items():
            if row["customers"] == 0:
                filled = {name for name, value in row.items() if value}
                assert filled == {"is_low_base"}, f"{self.model} {key}: empty base, but {filled}"
        return {key: row for key, row in rows.items() if row["customers"]}


class ProjectionTable(Table):
    """The projection that is made today; the others are of the past."""

    def read(self, run: LedgerRun, policy: Policy) -> Rows:
        rows = super().read(run, policy)
        return {key[1:]: row for key, row in rows.items() if key[0] == policy.last_month}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return cents(value)
    return month_of(value) if isinstance(value, date) else value


def _month(value: Any) -> int | None:
    return month_of(value) if isinstance(value, date) else value


def cents(value: Decimal | None) -> int | None:
    if value is None:
        return None
    assert value * 100 == int(value * 100), f"{value} is not whole cents"
    return int(value * 100)


class LinesTable(Table):
    """What became of each line: its customer, its fate, and for how long it counts at what ARR."""

    @property
    def models(self) -> list[str]:
        return ["int_subscription_lines_annualized", self.model]

    def read(self, run: LedgerRun, _policy: Policy) -> Rows:
        rows: Rows = {}
        for row in run.rows("int_subscription_lines_annualized"):
            rows[(row["line_id"],)] = {
                "customer_id": row["customer_id"],
                "fate": row["exclusion_reason"] or "counted",
            }
        for row in run.rows("int_arr_lines"):
            rows[(row["line_id"],)] |= {
                "counted_until": row["counted_until_date"] or FOREVER,
                "in_grace": row["is_in_grace"],
            }
        return rows


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


SEGMENT = ("segment_type", "segment_value")
MOVEMENT = _same("beginning_arr", "arr_change", "ending_arr")
RATES = _same("ndr", "grr", "logo_retention", "ndr_strict", "grr_strict", "grr_running_min")
AMOUNTS = {"base_arr": "base", "net_retained_arr": "net", "gross_retained_arr": "gross"}
COHORT = {
    "cohort_arr": "base",
    "cohort_customers": "customers",
    **_same("net_retention", "gross_retention", "logo_retention"),
}
RETAINED = {"net_retained_arr": "net", "gross_retained_arr": "gross"}

TABLES: dict[str, Table] = {
    "lines": LinesTable(
        "int_arr_lines",
        ("line_id",),
        _same("customer_id", "fate", "counted_until", "in_grace"),
    ),
    "fates": Table("rpt_subscription_line_accounting", ("line_fate",), _same("line_count")),
    "product_arr": SpanTable(
        "int_arr_spans", ("customer_id", "product_id", "currency"), _same("arr")
    ),
    "customer_spans": SpanTable("fct_customer_arr_spans", ("customer_id",), _same("arr")),
    "customer_arr": Table("fct_customer_arr_monthly", ("customer_id", "date_month"), _same("arr")),
    "movements": Table(
        "fct_arr_movements", ("customer_id", "date_month", "movement_type"), MOVEMENT
    ),
    "parent_movements": Table(
        "fct_parent_arr_movements",
        ("parent_customer_id", "date_month", "movement_type"),
        MOVEMENT,
    ),
    "drivers": Table(
        "fct_arr_movement_drivers",
        ("customer_id", "product_id", "date_month", "driver"),
        _same("arr_change", "movement_type"),
    ),
    "bridge": Table(
        "rpt_arr_bridge_monthly",
        ("date_month", *SEGMENT),
        {
            "beginning_arr": "beginning",
            "ending_arr": "ending",
            **{f"{name}_arr": name for name in TYPES},
        },
    ),
    "rates": Table(
        "rpt_arr_rates_monthly",
        ("date_month", *SEGMENT),
        _same("quick_ratio", "gross_churn_rate", "net_churn_rate"),
    ),
    "retention": RetentionTable(
        "rpt_ndr_grr_monthly",
        ("date_month", "window_months", *SEGMENT),
        {
            "base_customers": "customers",
            "retained_customers": "retained",
            **AMOUNTS,
            **RATES,
            **_same("is_low_base"),
        },
    ),
    "parent_retention": RetentionTable(
        "rpt_parent_ndr_grr_monthly",
        ("date_month", "window_months", *SEGMENT),
        {
            "base_parents": "customers",
            "retained_parents": "retained",
            **AMOUNTS,
            **RATES,
            **_same("is_low_base"),
        },
    ),
    "cohorts": Table(
        "rpt_cohort_retention_monthly",
        ("cohort_month", "age_months", *SEGMENT),
        {**COHORT, **RETAINED, "retained_customers": "retained"},
    ),
    "cohort_average": Table(
        "rpt_cohort_retention_average",
        ("age_months", *SEGMENT),
        {**COHORT, "cohorts_reached": "cohorts"},
    ),
    "renewals": DayTable(
        "fct_renewals",
        ("subscription_id", "customer_id", "product_family", "term_end_date"),
        {
            "outcome": "outcome",
            "up_for_renewal_arr": "up",
            "renewed_arr": "renewed",
            "renewal_date": "day",
        },
    ),
    "projection": ProjectionTable(
        "int_projected_retention",
        ("origin_month_index", "horizon_months", *SEGMENT),
        {
            "base_customers": "customers",
            "base_arr": "base",
            "now_arr": "now",
            "kept_arr": "kept",
            "up_for_renewal_arr": "up",
            "notice_arr": "notice",
            "signed_contraction_arr": "shrinks",
            "contracted_expansion_arr": "steps",
            "signed_expansion_arr": "grows",
            "best_gross_arr": "best_gross",
            "best_net_arr": "best_net",
        },
    ),
}
