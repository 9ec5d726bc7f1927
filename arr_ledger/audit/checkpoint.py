"""Runs one suite per table in Great Expectations, writes the pages and refuses what does not hold.

Frames are read with SELECT through DuckDB, as a dashboard reads: of the engines of Great
Expectations only the one on data frames sees what DuckDB holds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
)

from arr_ledger.audit.documents import write_index, write_page
from arr_ledger.audit.statements import Table
from arr_ledger.refresh.problems import RefreshRefusedError

INDEX = "index.html"


def audit(
    name: str, connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], folder: Path
) -> int:
    """Audits the tables; returns how many statements held.

    Pages go to <folder>/<name>/, and <folder>/index.html lists all of them. RefreshRefusedError:
    at least one statement does not hold; its message begins with the first of them.
    """
    context = _context()
    held, broken = 0, []
    for table in tables:
        try:
            frame = connection.execute(table.query(connection)).df()
        except duckdb.Error as error:
            if broken:  # a column that is not there was already named
                break
            reason = str(error).splitlines()[0]
            raise RefreshRefusedError(
                f"audit {name}, table {table.name}: cannot be read ({reason})."
            ) from None
        result = _validated(context, f"{name} {table.name}", table, frame)
        write_page(result, f"{name} {table.name}", folder / name / f"{table.name}.html")
        for each in result.results:
            if each.success:
                held += 1
            else:
                broken.append(f"audit {name}, table {table.name}, {_sentence(each, table, frame)}")
    write_index(folder)
    if broken:
        more = "".join(f"\n{sentence}" for sentence in broken[1:])
        raise RefreshRefusedError(f"{broken[0]}{more}")
    return held


def _context() -> Any:
    """A context that lives in memory and says nothing on the terminal."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    config = DataContextConfig(store_backend_defaults=stores)
    context = gx.get_context(mode="ephemeral", project_config=config)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


def _validated(
    context: Any, name: str, table: Table, frame: pd.DataFrame
) -> ExpectationSuiteValidationResult:
    """One checkpoint with the suite of one table."""
    # an expectation belongs to one suite, so that each suite takes copies
    expectations = [copy(statement.expectation) for statement in table.statements]
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations))
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(table.name)
    definition = gx.ValidationDefinition(
        name=name, data=asset.add_batch_definition_whole_dataframe("whole"), suite=suite
    )
    checkpoint = gx.Checkpoint(
        name=name,
        validation_definitions=[context.validation_definitions.add(definition)],
        result_format={"result_format": "SUMMARY", "partial_unexpected_count": 5},
    )
    run = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame})
    (result,) = run.run_results.values()
    return result


def _sentence(result: ExpectationValidationResult, table: Table, frame: pd.DataFrame) -> str:
    """Column, expectation, how many rows of how many, and an example."""
    config = result.expectation_config
    words = f"column {config.meta['column']}: {config.description}"
    found = result.result
    if "unexpected_count" not in found:
        observed = found.get("observed_value")
        of = config.kwargs.get("column", "rows")
        said = f"found {observed} {of}" if observed is not None else _exception(result)
        return f"{words} Not so: {said}."
    count = f"{found['unexpected_count']:,} of {found['element_count']:,} rows are otherwise"
    at = next(iter(found.get("partial_unexpected_index_list") or []), None)
    if at is None:
        return f"{words} Not so: {count}."
    seen = dict.fromkeys([*table.keys, *_columns_of(config.kwargs)])
    example = ", ".join(f"{name} {_shown(frame.at[at, name])}" for name in seen)
    return f"{words} Not so: {count}, such as {example}."


def _columns_of(kwargs: dict[str, Any]) -> list[str]:
    return [kwargs["column"]] if "column" in kwargs else list(kwargs.get("column_list", ()))


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "(empty)"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _exception(result: ExpectationValidationResult) -> str:
    info = result.exception_info or {}
    return str(info.get("exception_message") or "it could not be worked out").splitlines()[0]
