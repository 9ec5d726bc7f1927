"""What a run gave, as rows, and how two of them are compared."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from ledger_harness import Ledger, LedgerRun

Row = dict[str, Any]
Tables = dict[str, list[Row]]

# columns that speak of lines as they landed, not of what they are worth
COLUMNS_ABOUT_LINES = {"line_id", "line_count", "subject_id", "load_id", "source_row_id"}

# days and lengths of lines are terms to these
ABOUT_TERMS = {
    "fct_renewals",
    "rpt_renewal_rates_monthly",
    "rpt_book_renewal_bands",
    "rpt_key_accounts",
    "rpt_buyer_changes_before_renewal",
    "fct_renewal_base",
    "fct_renewal_base_snapshots",
    "rpt_projected_retention_monthly",
    "rpt_projection_backtest",
    "rpt_projection_accuracy",
    "rpt_expansion_needed",
}

# contract values are held against bands in money that scale with nothing
ABOUT_BENCHMARKS = {"rpt_benchmarked_figures", "rpt_benchmark_comparison"}

# sums and shares that are cut to the cent
CUT_TO_CENTS = {
    "rpt_lifetime_value_by_cohort_year",
    "fct_renewal_base",
    "fct_renewal_base_snapshots",
    "rpt_projected_retention_monthly",
    "rpt_projection_backtest",
    "rpt_projection_accuracy",
    "rpt_expansion_needed",
}


def marts(ledger: Ledger) -> list[str]:
    """Names of all marts that a book has a part in."""
    return [each.name for each in ledger.relations if each.schema == "marts" and each.follows_book]


def about_money(ledger: Ledger, found: Tables) -> list[str]:
    """Names of the marts without those that list or count lines, know sizes or round."""
    names = []
    for name in marts(ledger):
        columns = set(found[name][0]) if found[name] else set()
        if not COLUMNS_ABOUT_LINES & columns and name not in ABOUT_BENCHMARKS | CUT_TO_CENTS:
            names.append(name)
    return names


def without_grace(names: Iterable[str]) -> list[str]:
    """Of a ledger without grace days: not the table that shows what grace days would make of it."""
    return [name for name in names if name != "rpt_policy_sensitivity"]


def without_terms(names: Iterable[str]) -> list[str]:
    """Not the marts to which it matters when a line begins and how it is cut."""
    return [name for name in names if name not in ABOUT_TERMS]


def all_models(ledger: Ledger) -> list[str]:
    """Names of everything the project builds from a book."""
    return [each.name for each in ledger.relations if each.kind == "model" and each.follows_book]


def tables(run: LedgerRun, names: Iterable[str]) -> Tables:
    """The rows of these models, kept after the ledger runs its next book."""
    return {name: run.rows(name) for name in names}


def without_set_keys(found: Tables) -> Tables:
    """Sets of segments are numbered anew in each book; their number says nothing of a customer."""
    return {
        name: [{key: row[key] for key in row if key != "segment_set_key"} for row in rows]
        for name, rows in found.items()
    }


def assert_same(
    before: Tables, after: Tables, change: Callable[[str, Row], Row] = lambda table, row: row
) -> None:
    """The tables of after, row for row in any order; change says what a row of before became."""
    assert sum(len(rows) for rows in after.values()), "nothing to compare"
    apart = []
    for table, rows in after.items():
        changed = [change(table, row) for row in before[table]]
        if _exactly(changed) != _exactly(rows):
            expected, found = _by_all_but_rates(changed), _by_all_but_rates(rows)
            apart += [f"{table} lacks {key}" for key in [*(expected.keys() - found.keys())][:3]]
            apart += [f"{table} also has {key}" for key in [*(found.keys() - expected.keys())][:3]]
            apart += [
                f"{table}: {key} has {found[key]}, not {rates}"
                for key, rates in expected.items()
                if key in found and not _are_close(rates, found[key])
            ][:3]
    assert not apart, "\n".join(apart[:8])


def only(rows: Tables, condition: Callable[[Row], bool]) -> Tables:
    """The rows for which a condition holds."""
    return {table: [row for row in each if condition(row)] for table, each in rows.items()}


def _exactly(rows: Iterable[Row]) -> Counter:
    return Counter(tuple(row.values()) for row in rows)


def _by_all_but_rates(rows: Iterable[Row]) -> dict[tuple, list[tuple]]:
    """Rates, which are divisions of doubles, by everything else, which is exact."""
    found: dict[tuple, list[tuple]] = defaultdict(list)
    for row in rows:
        exact = tuple((column, value) for column, value in row.items() if type(value) is not float)
        found[exact].append(tuple(value for value in row.values() if type(value) is float))
    return {key: sorted(rates) for key, rates in found.items()}


def _are_close(expected: list[tuple], found: list[tuple]) -> bool:
    """To twelve digits."""
    return len(expected) == len(found) and all(
        math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
        for pair in zip(expected, found, strict=True)
        for one, other in zip(*pair, strict=True)
    )
