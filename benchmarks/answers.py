"""Compares what the ledger and the spine answered, row by row and to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.plans import MEMORY_LIMIT, THREADS

BRIDGE = (
    "date_month, segment_type, segment_value, beginning_arr, new_arr, reactivation_arr,"
    " expansion_arr, contraction_arr, churn_arr, net_new_arr, ending_arr"
)
RETENTION_KEY = "date_month, window_months, segment_type, segment_value"
SUMS = (
    "base_arr, base_customers, net_arr, gross_arr, retained_customers, strict_net_arr,"
    " strict_gross_arr, lowest_arr"
)
COHORTS = (
    "cohort_month, age_months, segment_type, segment_value, cohort_arr, cohort_customers,"
    " net_retained_arr, gross_retained_arr, retained_customers"
)
MOVEMENTS = "customer_id, date_month, movement_type, beginning_arr, arr_change, ending_arr"


def _rate(amount: str, base: str) -> str:
    return f"cast({amount} as double) / nullif(cast({base} as double), 0)"


# question -> (columns from the ledger, the same from the spine)
QUESTIONS = {
    "ARR bridge": (
        f"select {BRIDGE} from ledger.marts.rpt_arr_bridge_monthly",
        f"select {BRIDGE} from spine.spine.arr_bridge_monthly",
    ),
    "ARR movements": (
        f"select {MOVEMENTS} from ledger.marts.fct_arr_movements",
        f"select {MOVEMENTS} from spine.spine.customer_movements"
        " inner join spine.intermediate.int_calendar_months using (month_index)"
        " where movement_type is not null",
    ),
    "NDR and GRR amounts": (
        f"select {RETENTION_KEY}, {SUMS} from ledger.intermediate.int_retention_sums_monthly"
        " where account_grain = 'customer'",
        f"select {RETENTION_KEY}, {SUMS} from spine.spine.ndr_grr_monthly",
    ),
    "NDR and GRR": (
        f"select {RETENTION_KEY}, net_retained_arr, gross_retained_arr, ndr, grr, logo_retention,"
        " ndr_strict, grr_strict, grr_running_min from ledger.marts.rpt_ndr_grr_monthly",
        f"select {RETENTION_KEY}, net_arr, gross_arr, {_rate('net_arr', 'base_arr')},"
        f" {_rate('gross_arr', 'base_arr')}, {_rate('retained_customers', 'base_customers')},"
        f" {_rate('strict_net_arr', 'base_arr')}, {_rate('strict_gross_arr', 'base_arr')},"
        f" {_rate('lowest_arr', 'base_arr')} from spine.spine.ndr_grr_monthly",
    ),
    "cohorts": (
        f"select {COHORTS} from ledger.marts.rpt_cohort_retention_monthly",
        f"select {COHORTS} from spine.spine.cohort_retention_monthly",
    ),
    "ARR at the last month end": (
        "select customer_id, arr from ledger.marts.fct_customer_arr_spans"
        " where until_month is null",
        "select customer_id, arr from spine.spine.customer_months where month_index ="
        " (select max(month_index) from spine.spine.customer_months)",
    ),
}


# what a usual spine answers, where there is anything to answer
USUAL_SUMS = "base_arr, base_customers, net_arr, gross_arr, retained_customers"
USUAL_QUESTIONS = {
    "ARR bridge": (
        f"select {BRIDGE} from ledger.marts.rpt_arr_bridge_monthly"
        " where beginning_arr <> 0 or net_new_arr <> 0",
        f"select {BRIDGE} from spine.spine.arr_bridge_monthly"
        " where beginning_arr <> 0 or net_new_arr <> 0",
    ),
    "ARR movements": (
        f"select {MOVEMENTS} from ledger.marts.fct_arr_movements",
        f"select {MOVEMENTS} from spine.spine.customer_movements where movement_type is not null",
    ),
    "NDR and GRR amounts": (
        f"select {RETENTION_KEY}, {USUAL_SUMS} from"
        " ledger.intermediate.int_retention_sums_monthly"
        " where account_grain = 'customer' and base_customers > 0",
        f"select {RETENTION_KEY}, {USUAL_SUMS} from spine.spine.ndr_grr_monthly",
    ),
}
QUESTIONS_OF = {"spine": QUESTIONS, "keyed_spine": QUESTIONS, "usual_spine": USUAL_QUESTIONS}


class AnswersDifferError(Exception):
    """The ledger and a spine do not say the same."""


@dataclass(frozen=True)
class Comparison:
    """How many rows of one question were found equal."""

    contender: str
    question: str
    rows: int


def compare_answers(
    ledger_database: Path, spine_database: Path, contender: str
) -> list[Comparison]:
    """The number of equal rows by question; raises where one row differs or there is none."""
    config = {"threads": THREADS, "memory_limit": MEMORY_LIMIT}
    compared = []
    with duckdb.connect(config=config) as connection:
        connection.execute(f"attach '{ledger_database}' as ledger (read_only)")
        connection.execute(f"attach '{spine_database}' as spine (read_only)")
        for question, (ledger_sql, spine_sql) in QUESTIONS_OF[contender].items():
            only_ledger, only_spine = (
                connection.execute(
                    f"select count(*) from ({first} except all {second}) as unmatched"
                ).fetchone()[0]
                for first, second in ((ledger_sql, spine_sql), (spine_sql, ledger_sql))
            )
            rows = connection.execute(f"select count(*) from ({ledger_sql}) as answered")
            compared.append(Comparison(contender, question, rows.fetchone()[0]))
            if only_ledger or only_spine or not compared[-1].rows:
                raise AnswersDifferError(
                    f"{question}: {only_ledger} rows only in the ledger, {only_spine} only in the"
                    f" {contender}, of {compared[-1].rows}"
                )
    return compared
