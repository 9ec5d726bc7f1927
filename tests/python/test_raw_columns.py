"""Statement 37: a column that nothing reads may come and go; one that is needed may not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.base import BaseAdapter
from dbt.cli.main import dbtRunner

PROJECT = Path(__file__).resolve().parents[2]
STAGED = "stg_custom_billing__subscription_lines"
VARIABLES = {
    "use_sample_extracts": False,
    "billing_systems": ["custom_billing"],
    "crm_systems": [],
    "health_systems": [],
}
RAW = "raw_custom_billing.subscription_lines"
LANDED = f"""
create schema if not exists raw_custom_billing;
create or replace table {RAW} as
select 'l1' as line_id, 's1' as subscription_id, 'c1' as customer_id, 'p1' as product_id,
    'gold' as plan_tier, date '2024-01-31' as start_date, cast(null as date) as end_date,
    cast(1200 as numeric(18, 4)) as term_amount, cast(12 as numeric(9, 4)) as term_months,
    'USD' as currency, timestamp '2025-01-01' as _loaded_at, 'x' as nobody_reads_this
"""

Rows = list[tuple]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Rows | str]]:
    """What staging gives after a change of the landed table: its rows, or dbt's refusal."""
    folder = tmp_path_factory.mktemp("raw columns")
    kept = os.environ.get("ARR_LEDGER_DATABASE")
    os.environ["ARR_LEDGER_DATABASE"] = str(folder / "arr_ledger.duckdb")
    options = ["--quiet", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    options += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    options += ["--vars", json.dumps(VARIABLES)]
    manifest = dbtRunner().invoke(["parse", *options]).result

    def stage(change: str) -> Rows | str:
        # dbt keeps the file open in this process: the table is landed anew in the same one
        with duckdb.connect(str(folder / "arr_ledger.duckdb")) as connection:
            connection.execute(LANDED)
            connection.execute(change)
        done = dbtRunner(manifest=manifest).invoke(["run", "--select", f"+{STAGED}", *options])
        if not done.success:
            results = done.result.results if done.result else []
            return "\n".join([str(done.exception), *(str(each.message) for each in results)])
        with duckdb.connect(str(folder / "arr_ledger.duckdb")) as connection:
            return connection.execute(f"select * from staging.{STAGED}").fetchall()

    yield stage
    if kept is None:
        del os.environ["ARR_LEDGER_DATABASE"]
    else:
        os.environ["ARR_LEDGER_DATABASE"] = kept


def test_37_dropping_columns_that_nothing_reads_changes_nothing(
    staged: Callable[[str], Rows | str],
) -> None:
    before = staged("select 1")
    assert isinstance(before, list), before
    assert len(before) == 1
    dropped = f"alter table {RAW} drop _loaded_at; alter table {RAW} drop nobody_reads_this"
    assert staged(dropped) == before


def test_37_dropping_a_column_that_is_needed_is_refused_by_name(
    staged: Callable[[str], Rows | str],
) -> None:
    for column in ("term_amount", "end_date", "customer_id"):
        refusal = staged(f"alter table {RAW} drop {column}")
        assert f"has no column {column}" in str(refusal)


def test_37_an_optional_column_that_never_landed_is_null(
    staged: Callable[[str], Rows | str],
) -> None:
    whole, without = staged("select 1"), staged(f"alter table {RAW} drop plan_tier")
    assert [None if value == "gold" else value for value in whole[0]] == list(without[0])


def test_a_table_that_the_list_of_dbt_lacks_is_read_all_the_same(
    staged: Callable[[str], Rows | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second thread can find the list of a raw schema half filled."""
    before = staged("select 1")
    listed = BaseAdapter.get_relation

    def half_listed(adapter: BaseAdapter, *names: str, **named: str) -> object:
        found = listed(adapter, *names, **named)
        return None if found is not None and found.schema.startswith("raw_") else found

    monkeypatch.setattr(BaseAdapter, "get_relation", half_listed)
    assert staged("select 1") == before
