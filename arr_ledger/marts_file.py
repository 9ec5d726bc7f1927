"""The marts of a database, read by every command that answers from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

MARTS = "marts"
# what DuckDB says, and what to do about it
REMEDIES = {
    "not a valid DuckDB database": "name the file that was built",
    # views of a build name the file
    'Catalog "': "give the file the name that it was built under",
}
OTHERWISE = "close what has it open"


@contextmanager
def marts_of(database: Path, refused: type[Exception]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that only reads; refused, in one line, where there are no marts to read."""
    if not database.is_file():
        raise refused(
            f"{database}: there is no such database; build it first (make build),"
            " or name another with --database."
        )
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            yield connection
    except duckdb.CatalogException as error:
        missing = str(error).splitlines()[0]
        raise refused(
            f"{database}: lacks marts that this needs ({missing}); build them first (make build)."
        ) from None
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        remedy = next((said for part, said in REMEDIES.items() if part in reason), OTHERWISE)
        raise refused(f"{database}: cannot be read ({reason}); {remedy}.") from None


def published_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Of a file of a release: mart to column to type, _release among them."""
    marts: dict[str, dict[str, str]] = {}
    for name, column, its_type in connection.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        f" where table_schema = '{MARTS}' order by table_name, ordinal_position"
    ).fetchall():
        marts.setdefault(name, {})[column] = its_type
    return marts


def reporting_currency(connection: duckdb.DuckDBPyConnection) -> str | None:
    """That of the release; a database that dbt built, and an older release, do not say it."""
    if "reporting_currency" not in published_columns(connection).get("_release", {}):
        return None
    found = connection.execute("select reporting_currency from marts._release").fetchone()
    return found[0] if found else None
