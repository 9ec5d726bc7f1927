"""arr-ledger land and quarantine: what they are asked and what they print."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import duckdb

from arr_ledger.landing.land import Landing
from arr_ledger.landing.land import land as land_folder
from arr_ledger.landing.problems import LandingRefusedError, masked
from arr_ledger.landing.quarantine import QUARANTINE, Limits, rows_put_aside
from arr_ledger.paths import FILE, PATH

database_option = click.option(
    "--database",
    type=FILE,
    default=lambda: Path(os.environ.get("ARR_LEDGER_DATABASE", "arr_ledger.duckdb")),
    help="DuckDB file; ARR_LEDGER_DATABASE or arr_ledger.duckdb without it.",
)


def share_option(name: str, default: float, words: str) -> Callable[..., Any]:
    """An option that takes a share, from 0 to 1."""
    share = click.FloatRange(0, 1)
    return click.option(name, type=share, default=default, show_default=True, help=words)


def limits_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the shares of faulty rows up to which a landing goes on, as ``limits``."""

    @share_option(
        "--most-rows-aside",
        0.01,
        "Share of the rows of a table that may be at fault and put aside.",
    )
    @share_option(
        "--most-value-aside", 0.005, "Share of a year's recurring amounts that may be put aside."
    )
    @share_option(
        "--most-keys-lost",
        0.02,
        "Share of the keys of a table that may be missing since the last landing.",
    )
    @functools.wraps(command)
    def with_limits(
        most_rows_aside: float, most_value_aside: float, most_keys_lost: float, **options: Any
    ) -> Any:
        limits = Limits(
            rows=Decimal(str(most_rows_aside)),
            value=Decimal(str(most_value_aside)),
            lost=Decimal(str(most_keys_lost)),
        )
        return command(limits=limits, **options)

    return with_limits


@click.command("land")
@click.option(
    "--extracts",
    required=True,
    type=PATH,
    help="Folder that holds <system>/<table>.csv or .parquet.",
)
@database_option
@click.option("--vars", "variables", default="{}", help="Policy variables, as YAML or JSON.")
@limits_options
def land_command(extracts: Path, database: Path, variables: str, limits: Limits) -> None:
    """Load a folder of extracts into the raw schemas, or refuse it and change nothing.

    Rows at fault are put aside with their reasons, as long as they are few.
    """
    # a slow import, which no other command of this file needs
    from arr_ledger.refresh.days import day_after_today
    from arr_ledger.refresh.machine import machine_refusals
    from arr_ledger.refresh.problems import RefreshRefusedError
    from arr_ledger.refresh.variables import check_variables, day_of, parsed

    try:
        given = parsed(variables)
        check_variables(given, extracts)
        with machine_refusals(database.absolute().parent):
            landing = land_folder(extracts, database, day_of(given), limits, given)
    except (LandingRefusedError, RefreshRefusedError) as refusal:
        raise click.ClickException(str(refusal)) from None
    lost = [f"{sentence}; look whether the files are whole." for sentence in landing.lost]
    for notice in [*day_after_today(given), *landing.left_out, *landing.notices, *lost]:
        click.echo(f"Notice: {notice}", err=True)
    width = max(len(table.name) for table in landing.tables)
    for table in landing.tables:
        click.echo(f"{table.name:<{width}}  {table.rows:>12,} rows")
    click.echo(f"\nLanded in {database}. {_next_step(landing, given)}")


@click.command("quarantine")
@click.option("--out", type=PATH, help="Folder that a refresh publishes to.")
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per row.")
def quarantine_command(out: Path | None, database: Path, as_json: bool) -> None:
    """List the rows that were put aside by the last landing, each with its reasons."""
    # the package of the refresh imports this one
    from arr_ledger.refresh.folders import Folders
    from arr_ledger.refresh.landed import landing_of
    from arr_ledger.refresh.serve import served_release

    folders = Folders(out) if out else None
    landed = landing_of(served_release(folders), folders) if folders else database
    if landed is None or not landed.is_file():
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
        if as_json:
            click.echo(masked(json.dumps(row)))
        else:
            where = f"{row['system']}/{row['file_name']}, record at {row['record_line']}"
            click.echo(f"{where} ({row['kind']}): {row['reasons']}")
    if not as_json:
        click.echo(f"{len(rows):,} rows put aside; what they said: --json, or {QUARANTINE}.")


def _next_step(landing: Landing, variables: dict[str, Any]) -> str:
    if not landing.variables["billing_systems"]:
        return "No billing system is among them yet: land one before you build."
    own = json.dumps(landing.variables).replace('"', "")
    as_yaml = ", ".join([own[1:-1], *(f"{k}: {json.dumps(v)}" for k, v in variables.items())])
    return f"Build the ledger on it:\n  uv run dbt build --vars '{{{as_yaml}}}'"
