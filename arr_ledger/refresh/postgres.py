"""A release in Postgres as well: all marts in one transaction, in the schema ``marts``.

Rows are deleted and copied in anew; no table is swapped. So a snapshot holds across all tables,
readers and the publish never wait for each other, and grants and views on a mart stay.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import duckdb

from arr_ledger.marts_file import MARTS, published_columns
from arr_ledger.refresh.contents import sum_of_rows
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.sql import quoted

POSTGRES_VARIABLE = "ARR_LEDGER_POSTGRES"
# also keeps a password with a bare @ or / from being read as a host, and so from being printed
_BYTE = "%(?!00)[0-9A-Fa-f]{2}"
_PART = rf"(?:{_BYTE}|[^\s@/?#:%])*"
_PAIR = rf"[a-z_]+=(?:{_BYTE}|[^\s@#&=%])*"
_HOST = rf"(?:\[[0-9A-Fa-f:.]*\]|(?:{_BYTE}|[^\s@/?#:%,\[\]])*)(?::\d*)?"
URL = re.compile(
    rf"(?P<scheme>postgres(?:ql)?://)(?:(?P<user>{_PART})(?::(?P<password>{_PART}))?@)?"
    rf"(?P<place>{_HOST}(?:,{_HOST})*(?:/{_PART})?)"
    rf"(?:\?(?P<pairs>{_PAIR}(?:&{_PAIR})*)?)?"
)
PASSWORD_VARIABLE = "PGPASSWORD"
OURS = "Published by arr-ledger: every release replaces all rows."
LOCK_SECONDS = 10
LOCK_NOT_AVAILABLE = "55P03"
CONNECTING = threading.Lock()
BEGIN = (
    f"set local lock_timeout = '{LOCK_SECONDS}s'",
    # two first publishes make them at once: the second waits, and finds them made
    f"""
    do $$ begin
        if to_regclass('{MARTS}._release') is null then
            if to_regnamespace('{MARTS}') is null then create schema {MARTS}; end if;
            create table {MARTS}._release ();
            comment on table {MARTS}._release is '{OURS}';
        end if;
    exception when unique_violation or duplicate_schema or duplicate_table then null;
    end $$
    """,
    # two publishes at once would each delete what they see and add their own; a reader cannot
    # take this lock, as it could an advisory one
    f"lock table {MARTS}._release in share row exclusive mode",
)
HOLDERS = f"""
    select distinct held.pid, coalesce(usename::text, 'unknown'), coalesce(application_name, '')
    from pg_locks as held
    join pg_class on pg_class.oid = held.relation
    left join pg_stat_activity as session on session.pid = held.pid
    where relnamespace = to_regnamespace('{MARTS}') and granted and held.pid <> pg_backend_pid()
        and held.database = (select oid from pg_database where datname = current_database())
    order by 1
"""
TABLES = f"""
    select cast(relname as text), obj_description(oid, 'pg_class') from pg_class
    where relnamespace = to_regnamespace('{MARTS}') and relkind in ('r', 'p', 'v', 'm', 'f')
"""
COLUMNS = f"""
    select cast(attname as text), format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = '{MARTS}.{{}}'::regclass and attnum > 0 and not attisdropped
"""
# of "INTERNAL: failed to execute: ERROR: it is so. Query was: select", what Postgres itself said
SAID = re.compile(r"^.*(?:ERROR: |\[libpq\] )(.*?)[ .]*(?: Query was:.*| SQLSTATE: .*)?$")
POSTGRES_TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "TIMESTAMP": "timestamp without time zone",
}


def check_postgres(url: str) -> None:
    """RefreshRefusedError if the driver is missing or no server answers at the URL."""
    with _transaction(url):
        pass


def publish_to_postgres(release_file: Path, url: str) -> int:
    """Replaces what Postgres shows by the marts of a release file; returns the rows.

    RefreshRefusedError: Postgres shows what it showed before.
    """
    with (
        duckdb.connect(str(release_file), read_only=True) as released,
        _transaction(url) as cursor,
    ):
        for statement in BEGIN:
            _run(cursor, statement)
        published = published_columns(released)
        marts = {
            name: {column: _type(columns[column]) for column in columns}
            for name, columns in published.items()
        }
        there = dict(_rows(cursor, TABLES))
        for name in (each for each in there if there[each] == OURS and each not in marts):
            _run(cursor, f"drop table {MARTS}.{name}")
        rows = sum(
            _replace(cursor, released, name, columns, there) for name, columns in marts.items()
        )
        # what would run at the commit runs now, so that it is read back too
        _run(cursor, "set constraints all immediate")
        for name, columns in published.items():
            _read_back(cursor, released, name, columns)
        return rows


def _replace(
    cursor: Any,
    released: duckdb.DuckDBPyConnection,
    name: str,
    columns: dict[str, str],
    there: dict[str, str | None],
) -> int:
    if name not in there:
        listed = ", ".join(f"{column} {its_type}" for column, its_type in columns.items())
        _run(cursor, f"create table {MARTS}.{name} ({listed})")
        _run(cursor, f"comment on table {MARTS}.{name} is '{OURS}'")
    elif there[name] != OURS:
        raise RefreshRefusedError(
            f"--postgres: {MARTS}.{name} is there already and was not made by arr-ledger; move it"
            " away, or publish to another database."
        )
    else:
        _run(cursor, f"delete from {MARTS}.{name}")
        _reshape(cursor, name, columns)
    mart = released.sql(f"from {MARTS}.{name}")
    rows = cursor.adbc_ingest(name, mart, mode="append", db_schema_name=MARTS)
    ((expected,),) = released.execute(f"select count(*) from {MARTS}.{name}").fetchall()
    if rows != expected:
        raise RefreshRefusedError(
            f"--postgres: {rows:,} of {expected:,} rows of {MARTS}.{name} arrived; run it again."
        )
    return rows


def _read_back(
    cursor: Any, released: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]
) -> None:
    """RefreshRefusedError: a trigger, a rule or a child table makes Postgres show other rows."""
    listed = ", ".join(quoted(column) for column in columns)
    cursor.execute(f"select {listed} from {MARTS}.{quoted(name)}")
    there = duckdb.from_arrow(cursor.fetch_arrow(), connection=released)
    as_published = ", ".join(
        f"cast({quoted(column)} as {columns[column]}) as {quoted(column)}" for column in columns
    )
    shown = sum_of_rows(there.select(as_published))
    expected = sum_of_rows(released.sql(f"select {listed} from {MARTS}.{quoted(name)}"))
    if shown != expected:
        raise RefreshRefusedError(
            f"--postgres: {MARTS}.{name} would show {shown}, and the release has {expected}; look"
            " for triggers, rules, row security or child tables on it and remove them."
        )


def _reshape(cursor: Any, name: str, columns: dict[str, str]) -> None:
    """Gives an empty table the columns of this release; only then is a lock on readers needed."""
    there = dict(_rows(cursor, COLUMNS.format(name)))
    changes = [
        *(f"drop column {each}" for each in there if columns.get(each) != there[each]),
        *(
            f"add column {each} {columns[each]}"
            for each in columns
            if columns[each] != there.get(each)
        ),
    ]
    if changes:
        _run(cursor, f"alter table {MARTS}.{name} {', '.join(changes)}")


def _type(in_duckdb: str) -> str:
    """As Postgres itself spells it."""
    return POSTGRES_TYPES.get(in_duckdb, in_duckdb.replace("DECIMAL", "numeric").lower())


@contextmanager
def _transaction(url: str) -> Iterator[Any]:
    """A cursor; what was done with it is seen by others after the block, all of it or nothing."""
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise RefreshRefusedError(
            "--postgres: the driver is not installed; run `uv sync --frozen --extra postgres`."
        ) from None
    told, password = _apart(url)
    try:
        with _connected(dbapi, told, password) as connection, connection.cursor() as cursor:
            yield cursor
            connection.commit()
    except dbapi.Error as error:
        said = _said(error)
        if getattr(error, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            said = _waited(said, lambda: _connected(dbapi, told, password))
        raise RefreshRefusedError(f"--postgres: {said}") from None


def _apart(url: str) -> tuple[str, str | None]:
    """The URL without its password, and the password: what the driver is not told, it never says.

    RefreshRefusedError: libpq could not read the URL, and would repeat a part of it.
    """
    found = URL.fullmatch(url)
    if found is None:
        raise RefreshRefusedError(
            "--postgres: write postgresql://user@host:port/database; in a password, write %40 for @"
            " and so on."
        )
    password = found["password"]
    pairs = []
    for pair in (found["pairs"] or "").split("&"):
        name, _, value = pair.partition("=")
        if name == "password":
            password = value
        elif pair:
            pairs.append(pair)
    if "connect_timeout" not in [pair.partition("=")[0] for pair in pairs]:
        pairs.append("connect_timeout=10")
    user = "" if found["user"] is None else f"{found['user']}@"
    told = f"{found['scheme']}{user}{found['place']}?{'&'.join(pairs)}"
    return told, None if not password else os.fsdecode(unquote_to_bytes(password))


def _connected(dbapi: Any, told: str, password: str | None) -> Any:
    """A connection; libpq finds the password in the environment, which is as it was after it."""
    with CONNECTING:
        before = os.environ.get(PASSWORD_VARIABLE)
        if password is not None:
            os.environ[PASSWORD_VARIABLE] = password
        try:
            return dbapi.connect(told)
        finally:
            if password is not None:
                os.environ.pop(PASSWORD_VARIABLE)
                os.environ.update({PASSWORD_VARIABLE: before} if before is not None else {})


def _said(error: Exception) -> str:
    """What Postgres said, in one line."""
    return SAID.sub(r"\1", " ".join(str(error).split()))


def _waited(said: str, connect: Callable[[], Any]) -> str:
    """Who holds what was waited for, and what to do."""
    with connect() as connection, connection.cursor() as cursor:
        holders = [
            f"process {pid} of role {role}" + (f" ({application})" if application else "")
            for pid, role, application in _rows(cursor, HOLDERS)
        ]
    return (
        f"waited {LOCK_SECONDS} s for another publish, or for a transaction open on a mart whose"
        f" columns change: {', '.join(holders) or 'it has ended since'}; let it end, or end it"
        f" with select pg_terminate_backend(process), and run it again ({said})."
    )


def _run(cursor: Any, statement: str) -> None:
    cursor.execute(statement)


def _rows(cursor: Any, query: str) -> list[tuple]:
    cursor.execute(query)
    # the driver's own fetchall needs pyarrow; DuckDB reads its answers as they are
    return duckdb.from_arrow(cursor.fetch_arrow()).fetchall()
