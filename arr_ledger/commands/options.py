"""Options that several commands share, each called the same everywhere."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from arr_ledger.paths import FILE, FOLDER, whole
from arr_ledger.problems import RefusedError

DATABASE_VARIABLE = "ARR_LEDGER_DATABASE"
DATABASE = "arr_ledger.duckdb"
POSTGRES_VARIABLE = "ARR_LEDGER_POSTGRES"
OF_REFRESH = "Folder that `arr-ledger refresh` publishes to"

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
out_option = click.option(
    "--out", required=True, type=FOLDER, help=f"{OF_REFRESH}; it holds {DATABASE} and releases/."
)
extracts_option = click.option(
    "--extracts",
    required=True,
    type=FOLDER,
    help="Folder that holds <system>/<table>.csv or .parquet.",
)
vars_option = click.option(
    "--vars",
    "variables",
    default="{}",
    metavar="YAML",
    help="Policy variables, as YAML or JSON (default: those of vars.yml).",
)
postgres_option = click.option(
    "--postgres",
    metavar="URL",
    envvar=POSTGRES_VARIABLE,
    help=f"Publish to this Postgres too; keep a password in {POSTGRES_VARIABLE}.",
)
own_boards_option = click.option(
    "--own-boards", type=FOLDER, help="Folder of your own boards, one YAML file each."
)


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal is an error of the command line."""
    try:
        yield
    except RefusedError as refusal:
        raise click.ClickException(str(refusal)) from None


def default_database() -> Path:
    """The file that dbt builds by default."""
    return whole(os.environ.get(DATABASE_VARIABLE) or DATABASE)


def _database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    said = f"DuckDB file (default: ${DATABASE_VARIABLE}, else {DATABASE})."
    return click.option("--database", type=FILE, help=said)(command)


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --database; the command gets ``database``."""

    @functools.wraps(command)
    def with_database(database: Path | None, **options: Any) -> Any:
        return command(database=database or default_database(), **options)

    return _database_option(with_database)


def database_or_out(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --database and --out, of which one may be given; the command gets ``database``.

    --out stands for the file that is served in the folder.
    """

    @functools.wraps(command)
    def with_database(database: Path | None, out: Path | None, **options: Any) -> Any:
        one_of_two(database, out)
        if out and not (out / DATABASE).is_file():
            raise click.ClickException(
                f"{out}: no release was ever published here; name the folder that"
                " `arr-ledger refresh --out` was given."
            )
        return command(
            database=out / DATABASE if out else database or default_database(), **options
        )

    out = click.option("--out", type=FOLDER, help=f"{OF_REFRESH}, in place of --database.")
    return _database_option(out(with_database))


def one_of_two(database: Path | None, out: Path | None) -> None:
    """UsageError: both were given."""
    if database and out:
        raise click.UsageError("--database and --out name two files; give one of the two.")


def share_option(name: str, default: float, words: str) -> Callable[..., Any]:
    """An option that takes a share, from 0 to 1."""
    share = click.FloatRange(0, 1)
    said = f"{words} (default: {default})."
    return click.option(name, type=share, metavar="SHARE", default=default, help=said)


_LANDING_SHARES = (
    ("--most-rows-aside", 0.01, "Share of the rows of a table that may be quarantined"),
    ("--most-value-aside", 0.005, "Share of a year's recurring amounts that may be quarantined"),
    ("--most-keys-lost", 0.02, "Share of the keys of a table that may be missing now"),
)
_RELEASE_SHARES = (
    ("--most-value-kept", 0.005, "Share of ARR that may rest on last good versions of faulty rows"),
    ("--most-value-ended", 0.05, "Share of ARR that may have ended since the last line starts"),
    ("--most-value-lost", 0.005, "Share of the served ARR that missing rows may carry"),
)
LIMITS = {
    "most_rows_aside": "rows",
    "most_value_aside": "value",
    "most_keys_lost": "lost",
    "most_value_kept": "kept",
    "most_value_ended": "ended",
    "most_value_lost": "lost_value",
}


def _limits(shares: tuple[tuple[str, float, str], ...], command: Callable) -> Callable[..., Any]:
    names = [name.removeprefix("--").replace("-", "_") for name, _, _ in shares]

    @functools.wraps(command)
    def with_limits(**options: Any) -> Any:
        from arr_ledger.landing import Limits

        given = {LIMITS[name]: Decimal(str(options.pop(name))) for name in names}
        return command(limits=Limits(**given), **options)

    for share in reversed(shares):
        with_limits = share_option(*share)(with_limits)
    return with_limits


def landing_limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the shares up to which a landing goes on, as ``limits``."""
    return _limits(_LANDING_SHARES, command)


def release_limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the shares up to which a release is published, as ``limits``."""
    return _limits(_LANDING_SHARES + _RELEASE_SHARES, command)
