"""arr-ledger land and quarantine: what they are asked and what they print."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arr_ledger.commands.config import config_option, configured_variables
from arr_ledger.commands.options import (
    DATABASE_VARIABLE,
    OF_REFRESH,
    database_option,
    default_database,
    extracts_option,
    landing_limits,
    one_of_two,
    refusals_told,
    vars_option,
)
from arr_ledger.paths import FILE, FOLDER
from arr_ledger.problems import counted
from arr_ledger.project import IS_INSTALLED, PROJECT_FOLDER

if TYPE_CHECKING:
    from arr_ledger.landing import Landing, Limits

MOST_ROWS_LISTED = 20


@click.command("land")
@config_option("extracts", "vars", "limits")
@extracts_option
@click.option(
    "--check", "is_check", is_flag=True, help="Report what landing would do; change nothing."
)
@database_option
@vars_option
@landing_limits
@click.option(
    "--spark-folder",
    type=FOLDER,
    help="Copy the raw tables to the cluster of the target spark too, through this folder, which it"
    " must reach.",
)
@click.option(
    "--spark-uri",
    metavar="URI",
    help="What the cluster calls that folder, such as s3a://lake/arr_ledger (default: file://...).",
)
def land_command(
    extracts: Path,
    is_check: bool,
    database: Path,
    variables: str,
    limits: Limits,
    spark_folder: Path | None,
    spark_uri: str | None,
) -> None:
    """Load a folder of extracts into the raw schemas, or refuse it and change nothing.

    Rows at fault are quarantined with their reasons, as long as they are few.

    Exit code 0: landed, or with --check: it would land. 1: refused, nothing changed.
    """
    from arr_ledger.landing.land import check, land
    from arr_ledger.landing.spark import SparkLandingError, land_on_spark, refuse_without_dbt_spark
    from arr_ledger.refresh.days import day_after_today
    from arr_ledger.refresh.machine import machine_refusals
    from arr_ledger.refresh.variables import check_variables, day_of, parsed

    with refusals_told():
        if spark_folder:
            refuse_without_dbt_spark()
        given = {**configured_variables(), **parsed(variables)}
        check_variables(given, extracts)
        with machine_refusals(database.parent):
            landed = (check if is_check else land)(extracts, database, day_of(given), limits, given)
    lost = [f"{sentence}; check the files." for sentence in landed.lost]
    for notice in [*day_after_today(given), *landed.left_out, *landed.notices, *lost]:
        click.echo(f"Notice: {notice}", err=True)
    width = max(len(table.name) for table in landed.tables)
    for table in landed.tables:
        aside = f"  {table.rows_put_aside:>12,} quarantined" if table.rows_put_aside else ""
        click.echo(f"{table.name:<{width}}  {table.rows:>12,} rows{aside}")
    if is_check:
        _tell_check(landed, database)
        return
    place, target = str(database), ""
    if spark_folder:
        try:
            count = land_on_spark(database, spark_folder, spark_uri)
        except SparkLandingError as error:
            raise click.ClickException(str(error)) from None
        place, target = f"{database}, and {count} raw tables on the cluster", "spark"
    click.echo(f"\nLanded in {place}. {_next_step(landed, given, database, target)}")


@click.command("quarantine")
@click.option("--out", type=FOLDER, help=f"{OF_REFRESH}, in place of --database.")
@click.option(
    "--database",
    type=FILE,
    help=f"DuckDB file that landed (default: ${DATABASE_VARIABLE}, else arr_ledger.duckdb).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per row.")
def quarantine_command(out: Path | None, database: Path | None, as_json: bool) -> None:
    """List the rows that the last landing quarantined, each with its reasons."""
    import duckdb

    from arr_ledger.landing.problems import masked
    from arr_ledger.landing.quarantine import QUARANTINE, rows_put_aside
    from arr_ledger.refresh.folders import Folders
    from arr_ledger.refresh.landed import landing_of
    from arr_ledger.refresh.serve import served_release

    one_of_two(database, out)
    folders = Folders(out) if out else None
    try:
        landed = landing_of(served_release(folders), folders) if folders else database
        landed = landed or (None if out else default_database())
        is_there = landed is not None and landed.is_file()
    except OSError as error:
        told = f"{error.filename}: cannot be read ({error.strerror}); run it as the account that"
        raise click.ClickException(f"{told} refreshes.") from None
    if landed is None or not is_there:
        where = f"{out}: no release was ever published here" if out else f"{landed}: is not there"
        raise click.ClickException(f"{where}; land the extracts first.")
    try:
        with duckdb.connect(str(landed), read_only=True) as connection:
            rows = rows_put_aside(connection)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        told = f"{landed}: cannot be read ({reason}); name the database that extracts landed in."
        raise click.ClickException(told) from None
    for row in rows:
        click.echo(masked(json.dumps(row)) if as_json else _quarantined(row))
    if not as_json and not rows:
        click.echo("No rows are quarantined.")
    elif not as_json:
        click.echo(
            f"{counted(len(rows), 'row')} quarantined; what they said: --json, or {QUARANTINE}."
        )


def _quarantined(row: dict[str, Any]) -> str:
    where = f"{row['system']}/{row['file_name']}, line {row['record_line']}"
    return f"{where} ({row['kind']}): {row['reasons']}"


def _tell_check(landed: Landing, database: Path) -> None:
    rows = landed.quarantined
    if rows:
        click.echo(f"\n{counted(len(rows), 'row')} would be quarantined:")
    for row in rows[:MOST_ROWS_LISTED]:
        click.echo(f"  {_quarantined(row)}")
    if rows[MOST_ROWS_LISTED:]:
        click.echo(f"  and {len(rows) - MOST_ROWS_LISTED:,} more")
    count = sum(table.rows for table in landed.tables)
    click.echo(
        f"\nChecked: {counted(count, 'row')} would land in {database}, {len(rows):,} would be"
        " quarantined."
        " Nothing was changed."
    )


def _next_step(
    landing: Landing, variables: dict[str, Any], database: Path, target: str = ""
) -> str:
    """The command that builds the database, or what a target of the profile is."""
    if not landing.variables["billing_systems"]:
        return "No billing system is among them yet: land one before you build."
    own = json.dumps(landing.variables).replace('"', "")
    as_yaml = ", ".join([own[1:-1], *(f"{k}: {json.dumps(v)}" for k, v in variables.items())])
    chosen = f"--target {target} " if target else ""
    given = f"{chosen}--vars {shlex.quote(f'{{{as_yaml}}}')}"
    command = f"{_dbt()} build{_folders()}{_parsed(as_yaml)} {given}"
    # dbt builds the file that the variable names, else arr_ledger.duckdb of this folder
    if not target and database != default_database():
        command = f"{DATABASE_VARIABLE}={shlex.quote(str(database))} {command}"
    return f"Build the ledger on it:\n  {command}"


def _dbt() -> str:
    """The dbt of this environment, whatever is on the path."""
    dbt = Path(sys.executable).with_name("dbt")
    here = Path.cwd()
    return shlex.quote(str(dbt.relative_to(here) if dbt.is_relative_to(here) else dbt))


def _folders() -> str:
    """How dbt finds the project from another folder than its own."""
    if Path.cwd() == PROJECT_FOLDER:
        return ""
    project = shlex.quote(str(PROJECT_FOLDER))
    return f" --project-dir {project} --profiles-dir {project}"


def _parsed(variables: str) -> str:
    """Where dbt keeps its parse: a folder per set of variables, as another set throws it away."""
    folder = Path("target" if Path.cwd() == PROJECT_FOLDER else Path.cwd() / "target")
    given = hashlib.sha256(variables.encode()).hexdigest()[:8]
    # an installed project is not written to
    logs = f" --log-path {shlex.quote(str(Path.cwd() / 'logs'))}" if IS_INSTALLED else ""
    return f" --target-path {shlex.quote(str(folder / given))}{logs}"
