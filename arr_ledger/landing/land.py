"""Checks every extract of a folder, then replaces the raw tables: all of them or none."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.landing.checks import find_problems, quoted, typed
from arr_ledger.landing.csv_file import stage_csv
from arr_ledger.landing.declared import System, declared_systems
from arr_ledger.landing.folder import Extract, find_extracts
from arr_ledger.landing.loads import Load, bring, prepare
from arr_ledger.landing.parquet_file import stage_parquet
from arr_ledger.landing.problems import LandingRefusedError, Problem

CRM_SYSTEMS = {"salesforce"}


@dataclass(frozen=True)
class LandedTable:
    """A table that landed, its rows, and the columns of the file that were left out."""

    extract: Extract
    rows: int
    ignored_columns: list[str]

    @property
    def name(self) -> str:
        return f"{self.extract.system.schema}.{self.extract.table.name}"


@dataclass(frozen=True)
class Landing:
    """What a landing did."""

    database: Path
    tables: list[LandedTable] = field(default_factory=list)

    @property
    def systems(self) -> list[str]:
        """Systems that can be switched on; rates alone make no billing system."""
        whole = (table.extract for table in self.tables if not table.extract.table.is_reference)
        return sorted({extract.system.name for extract in whole})

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of dbt that switch on what landed, and nothing else."""
        return {
            "use_sample_extracts": False,
            "billing_systems": [name for name in self.systems if name not in CRM_SYSTEMS],
            "crm_systems": [name for name in self.systems if name in CRM_SYSTEMS],
        }


def land(extracts_folder: Path, database: Path) -> Landing:
    """Lands the folder, or raises LandingRefusedError and leaves the database as it was."""
    systems = declared_systems()
    extracts = find_extracts(extracts_folder, systems)
    with (
        tempfile.TemporaryDirectory(prefix="arr_ledger_landing_") as scratch,
        duckdb.connect(config={"temp_directory": scratch}) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'")
        tables, problems = [], []
        for number, extract in enumerate(extracts):
            try:
                tables.append(_stage(connection, extract, f"staged_{number}", Path(scratch)))
            except LandingRefusedError as refusal:
                problems += refusal.problems
        if problems:
            raise LandingRefusedError(problems)
        _replace(
            connection,
            database,
            tables,
            {extract.system.name: extract.system for extract in extracts},
        )
    return Landing(database, tables)


def _stage(
    connection: duckdb.DuckDBPyConnection, extract: Extract, name: str, scratch: Path
) -> LandedTable:
    """Reads and checks one file and leaves it behind with its declared types."""
    try:
        if extract.path.suffix == ".csv":
            present, ignored = stage_csv(connection, extract, scratch)
        else:
            present, ignored = stage_parquet(connection, extract)
    except OSError as error:
        problem = Problem(
            extract.label, f"cannot be read ({error.strerror})", "check its permissions"
        )
        raise LandingRefusedError([problem]) from None
    problems = find_problems(connection, extract, present)
    if problems:
        raise LandingRefusedError(problems)
    columns = ", ".join(
        f"{typed(column)} as {quoted(column.name)}"
        for column in extract.table.columns
        if column.name in present
    )
    ((rows,),) = connection.execute(
        f"create temp table {name} as select {columns} from texts"
    ).fetchall()
    connection.execute("drop table texts")
    if not rows and not extract.table.is_optional:
        problem = Problem(
            extract.label, "has a header but no rows", "export it again, with its rows"
        )
        raise LandingRefusedError([problem])
    return LandedTable(extract, rows, ignored)


def _replace(
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    tables: list[LandedTable],
    systems: dict[str, System],
) -> None:
    """Takes away every declared table of the systems that land, so that two landings never mix."""
    try:
        connection.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as target")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        remedy = "close what has it open, or name another file with --database"
        raise LandingRefusedError(
            [Problem(str(database), f"cannot be opened ({reason})", remedy)]
        ) from None
    connection.execute("begin")
    for system in systems.values():
        connection.execute(f"create schema if not exists target.{quoted(system.schema)}")
        _bring_loads(connection, system, tables)
        for table, kind in _standing(connection, system):
            if table in system.tables:
                connection.execute(f"drop {kind} target.{quoted(system.schema)}.{quoted(table)}")
    for number, table in enumerate(tables):
        extract = table.extract
        name = f"target.{quoted(extract.system.schema)}.{quoted(extract.table.name)}"
        connection.execute(f"create table {name} as select * from staged_{number}")
    connection.execute("commit")
    connection.execute("detach target")


def _bring_loads(
    connection: duckdb.DuckDBPyConnection, system: System, tables: list[LandedTable]
) -> None:
    """Gives every staged row its load id while the landing before can still be compared."""
    prepare(connection, system.schema)
    staged = {
        table.extract.table.name: (f"staged_{number}", table.extract.path)
        for number, table in enumerate(tables)
        if table.extract.system.name == system.name
    }
    for table in system.tables.values():
        name, path = staged.get(table.name, (None, None))
        bring(connection, system.schema, Load(table, path), name)


def _standing(connection: duckdb.DuckDBPyConnection, system: System) -> list[tuple[str, str]]:
    return connection.execute(
        """
        select table_name, case table_type when 'VIEW' then 'view' else 'table' end
        from information_schema.tables where table_catalog = 'target' and table_schema = ?
        """,
        [system.schema],
    ).fetchall()
