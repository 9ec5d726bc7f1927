"""Checks every extract of a folder, then replaces the raw tables: all of them or none."""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.landing import quarantine
from arr_ledger.landing.company import RATES, Landed, check_company
from arr_ledger.landing.declared import System, declared_systems, systems_of
from arr_ledger.landing.files import SHA256_OF_NOTHING, File, by_table, take_all
from arr_ledger.landing.folder import find_extracts
from arr_ledger.landing.limits import refuse_too_many
from arr_ledger.landing.loads import Load, bring, prepare
from arr_ledger.landing.lost import Lost, too_many_lost
from arr_ledger.landing.manifest import check_manifests
from arr_ledger.landing.problems import LandingRefusedError, Problem
from arr_ledger.landing.quarantine import Limits
from arr_ledger.landing.scratch import scratch_beside
from arr_ledger.landing.stage import Staged, stage_table
from arr_ledger.sql import literal, quoted

# a file that is no database of DuckDB is refused, not read by something that is fetched for it
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
CRM_SYSTEMS = {"salesforce"}
HEALTH_SYSTEMS = {"custom_health"}
# what the variable optional_extracts calls them, and the raw table that decides
OPTIONAL_EXTRACTS = {
    "closings": "raw_closings.closed_months",
    "post_sale_expenses": "raw_custom_billing.post_sale_expenses",
}


@dataclass(frozen=True)
class Landing:
    """What a landing did. Rows read = rows that landed + rows quarantined, for every table."""

    database: Path
    tables: list[Staged] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # a sentence per table that lost keys or columns
    quarantined: list[dict[str, Any]] = field(default_factory=list)  # the rows, after a check alone

    @property
    def rows_put_aside(self) -> int:
        return sum(table.rows_put_aside for table in self.tables)

    @property
    def left_out(self) -> list[str]:
        """A sentence per file that has columns which are not declared."""
        return [sentence for table in self.tables for sentence in table.left_out]

    @property
    def systems(self) -> list[str]:
        """Systems that can be switched on; rates alone make no billing system."""
        return sorted({each.system.name for each in self.tables if not each.table.is_reference})

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of dbt that switch on what landed, and nothing else."""
        landed = {table.name for table in self.tables}
        return {
            "use_sample_extracts": False,
            "billing_systems": [
                name for name in self.systems if name not in CRM_SYSTEMS | HEALTH_SYSTEMS
            ],
            "crm_systems": [name for name in self.systems if name in CRM_SYSTEMS],
            "health_systems": [name for name in self.systems if name in HEALTH_SYSTEMS],
            "optional_extracts": [
                name for name, table in OPTIONAL_EXTRACTS.items() if table in landed
            ],
        }


def land(
    extracts_folder: Path,
    database: Path,
    day: date | None = None,
    limits: Limits | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Landing:
    """Lands the folder, or raises LandingRefusedError and leaves the database as it was.

    ``day`` is the day on which rows that are gone upstream count as missed; today without it.
    ``variables`` stand in for those of vars.yml.
    """
    extracts = find_extracts(extracts_folder, systems_of(variables or {}))
    with _scratch(database) as scratch:
        copies = scratch / "copies"
        copies.mkdir()
        files = check_manifests(extracts_folder, take_all(extracts, copies))
        return land_files(files, database, scratch, day, limits, variables)


def check(
    extracts_folder: Path,
    database: Path,
    day: date | None = None,
    limits: Limits | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Landing:
    """What ``land`` would do, refusals among it, without a change to the database.

    Lands into a copy of the raw schemas, which is taken away.
    """
    with _scratch(database) as scratch:
        copy = scratch / "checked.duckdb"
        if database.exists():
            _refuse_in_use(database)
            _copy_raw_schemas(database, copy, scratch)
        try:
            landing = land(extracts_folder, copy, day, limits, variables)
        except LandingRefusedError as refusal:
            raise LandingRefusedError(
                [
                    replace(each, file=each.file.replace(str(copy), str(database)))
                    for each in refusal.problems
                ],
                refusal.limits,
            ) from None
        with duckdb.connect(str(copy), read_only=True) as connection:
            rows = quarantine.rows_put_aside(connection)
        systems = {table.system.name for table in landing.tables}
        found = [row for row in rows if row["system"] in systems]
        return replace(landing, database=database, quarantined=found)


def land_files(
    files: Sequence[File],
    database: Path,
    scratch: Path,
    day: date | None = None,
    limits: Limits | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Landing:
    """Lands files that were copied already, as ``land`` does with those of a folder.

    ``scratch`` is a folder for raw rows on their way; who calls takes it away.
    """
    day = day or datetime.now(UTC).date()
    of_tables, notices = by_table(files)
    settings = SETTINGS | {"temp_directory": str(scratch)}
    with duckdb.connect(config=settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        quarantine.prepare(connection)
        tables, problems = [], []
        for number, parts in enumerate(of_tables):
            try:
                tables.append(stage_table(connection, f"staged_{number}", parts, scratch))
            except LandingRefusedError as refusal:
                problems += refusal.problems
        if problems:
            raise LandingRefusedError(problems)
        refuse_too_many(connection, tables, limits or Limits(), day)
        is_new = not database.exists()
        _attach(connection, database)
        connection.execute("begin")
        try:
            kept, lost = _replace(connection, database, tables, day, variables or {})
        except LandingRefusedError:
            connection.execute("rollback")
            connection.execute("detach target")
            if is_new:
                database.unlink()
            raise
    notices += [each for table in tables for each in table.notices]
    most_lost = (limits or Limits()).lost
    return Landing(database, tables, notices + kept, too_many_lost(lost, most_lost))


def _replace(
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    tables: list[Staged],
    day: date,
    variables: Mapping[str, Any],
) -> tuple[list[str], list[Lost]]:
    """Takes away every declared table of the systems that land, so that two landings never mix.

    Returns sentences on faulty rows that kept their last good version and on ids, and lost keys.
    """
    notices: list[str] = []
    lost: list[Lost] = []
    systems = {table.system.name: table.system for table in tables}
    for system in systems.values():
        connection.execute(f"create schema if not exists target.{quoted(system.schema)}")
        of_system = [table for table in tables if table.system.name == system.name]
        notices += _bring_loads(connection, system, of_system, day, lost)
    notices += check_company(_landed(connection, tables), variables)
    for system in systems.values():
        for table, kind in _standing(connection, system):
            if table in system.tables:
                connection.execute(f"drop {kind} target.{quoted(system.schema)}.{quoted(table)}")
        quarantine.write(connection, system.name, system.schema)
    for table in tables:
        name = f"target.{quoted(table.system.schema)}.{quoted(table.table.name)}"
        connection.execute(f"create table {name} as from {table.temp_table}")
    connection.execute("commit")
    connection.execute("detach target")
    return notices, lost


@contextmanager
def _scratch(database: Path) -> Iterator[Path]:
    with ExitStack() as held:
        try:
            scratch = held.enter_context(scratch_beside(database))
        except OSError as error:
            what = f"cannot be written beside ({error.strerror})"
            remedy = "name a database in a folder that may be written to"
            raise LandingRefusedError([Problem(str(database), what, remedy)]) from None
        yield scratch


def _copy_raw_schemas(database: Path, copy: Path, scratch: Path) -> None:
    """What a landing compares with; the ledger of the database is left out."""
    with duckdb.connect(config=SETTINGS | {"temp_directory": str(scratch)}) as connection:
        _attach(connection, database, " (read_only)")
        connection.execute(f"attach {literal(copy)} as copied")
        for system in declared_systems().values():
            schema = quoted(system.schema)
            tables = [name for name, kind in _standing(connection, system) if kind == "table"]
            for table in tables:
                connection.execute(f"create schema if not exists copied.{schema}")
                name = f"{schema}.{quoted(table)}"
                connection.execute(f"create table copied.{name} as from target.{name}")


def _refuse_in_use(database: Path) -> None:
    """LandingRefusedError: a landing could not write, as another program has the file open.

    The lock that DuckDB takes is tried before this process opens the file: closing any descriptor
    of a file gives up every lock that the process has on it.
    """
    try:
        with database.open("r+b") as content:
            fcntl.lockf(content, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        what = f"cannot be opened ({error.strerror})"
        remedy = "close what has it open, or name another file with --database"
        raise LandingRefusedError([Problem(str(database), what, remedy)]) from None


def _attach(connection: duckdb.DuckDBPyConnection, database: Path, how: str = "") -> None:
    try:
        connection.execute(f"attach {literal(database.absolute())} as target{how}")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        remedy = "close what has it open, or name another file with --database"
        raise LandingRefusedError(
            [Problem(str(database), f"cannot be opened ({reason})", remedy)]
        ) from None


def _landed(connection: duckdb.DuckDBPyConnection, tables: list[Staged]) -> Landed:
    """What will be there after the landing; rates stay where their system is not landed."""
    staged = {f"{each.system.name}.{each.table.name}": each.temp_table for each in tables}
    system, name = RATES.split(".")
    declared = declared_systems()[system]
    if all(table.system.name != system for table in tables) and (name, "table") in _standing(
        connection, declared
    ):
        staged[RATES] = f"target.{quoted(declared.schema)}.{quoted(name)}"
    return Landed(connection, staged)


def _bring_loads(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    tables: list[Staged],
    day: date,
    lost: list[Lost],
) -> list[str]:
    """Gives every staged row its load id while the landing before can still be compared."""
    prepare(connection, system.schema)
    kept = []
    staged = {table.table.name: table for table in tables}
    for table in system.tables.values():
        landing = staged.get(table.name)
        if landing is None:
            _, missing = bring(connection, system, Load(table, SHA256_OF_NOTHING, day), None)
            lost += [missing] if missing else []
            continue
        load = Load(
            *(table, landing.sha256, day, landing.file_name),
            landed_rows=landing.rows_read,
            quarantined_rows=landing.rows_put_aside,
            undeclared=tuple(
                dict.fromkeys(name for of in landing.ignored_columns.values() for name in of)
            ),
        )
        label = f"{system.name}/{landing.file_name}"
        sentences, missing = bring(connection, system, load, landing.temp_table)
        kept += [f"{label}: {sentence}" for sentence in sentences]
        lost += [missing] if missing else []
    return kept


def _standing(connection: duckdb.DuckDBPyConnection, system: System) -> list[tuple[str, str]]:
    return connection.execute(
        """
        select table_name, case table_type when 'VIEW' then 'view' else 'table' end
        from information_schema.tables where table_catalog = 'target' and table_schema = ?
        """,
        [system.schema],
    ).fetchall()
