"""Rows that are in a file but faulty are not deleted: the last good version of each is kept.

A live row that lands again with one bad value is quarantined, but its key is there, so the version
that landed before stays as it was, with the load that brought it. Only a key that is absent is gone
upstream. Where the key of a faulty row cannot be read, it may be any key that is absent: then all
of those are kept, since they cannot be told from rows that are gone.
"""

from collections.abc import Sequence

import duckdb

from arr_ledger.landing.declared import CUSTOMER_TABLES, Column, Table
from arr_ledger.landing.faulty import known, read_faulty
from arr_ledger.landing.problems import masked
from arr_ledger.sql import quoted

DELETED = "_deleted_date"
LANDED_ROWS_KEPT = """
    table_name varchar, row_key varchar, row_id varchar, customer_id varchar,
    landing_number integer, load_id varchar, earlier_load_id varchar,
    since_landing_number integer, reasons varchar"""
# which column of a row names its customer, the first that it has
CUSTOMER_COLUMNS = ("customer_id", "account_id")
MOST_KEYS_NAMED = 5


def same_key(keys: Sequence[Column]) -> str:
    """The condition under which a row of ``staged`` and one of ``earlier`` have the same key."""
    return " and ".join(
        f"staged.{quoted(key.name)} is not distinct from earlier.{quoted(key.name)}" for key in keys
    )


def keep_faulty_rows(
    connection: duckdb.DuckDBPyConnection,
    source: tuple[str, str],
    table: Table,
    staged: str,
    keys: Sequence[Column],
    load: tuple[int, str],
) -> list[str]:
    """Adds to a staged table the earlier version of every row of its files that is at fault.

    ``source`` is the system and the place of its raw tables, ``load`` the number of the landing and
    its id. Table earlier_rows holds the landing before. Returns a sentence where rows were kept.
    """
    system, place = source
    names = {name for (name, *_) in connection.execute(f"describe {staged}").fetchall()}
    columns = [column for column in table.columns if column.name in names]
    read_faulty(connection, system, table, columns)
    matched = " and ".join(
        f"(not faulty.{known(key)} or faulty.{quoted(key.name)}"
        f" is not distinct from earlier.{quoted(key.name)})"
        for key in keys
    )
    is_exact = " and ".join(f"faulty.{known(key)}" for key in keys)
    # a record with a field too few or too many may have its key in another place
    connection.execute(
        f"update faulty set {', '.join(f'{known(key)} = false' for key in keys)}"
        f" where is_misread and not exists (from earlier_rows as earlier where {matched})"
    )
    if table.keys:
        is_there = f"exists (from {staged} as staged where {same_key(keys)})"
        alike, once = "0", "row_number() over (partition by number, earlier_row) = 1"
    else:
        # without a key: of the earlier rows with the same ids that are not there, the most alike
        compared = [column for column in columns if not column.orders_versions]
        is_there = f"exists (from {staged} as staged where {same_key(compared)})"
        alike = " + ".join(
            f"cast(faulty.{quoted(column.name)} is not distinct from"
            f" earlier.{quoted(column.name)} as integer)"
            for column in compared
        )
        once = "row_number() over (partition by number order by alike desc, earlier_row) = 1"
    key_text = ", ".join(f"cast({quoted(key.name)} as varchar)" for key in table.keys or keys)
    connection.execute(
        f"""
        create or replace temp table kept_rows as
        with matched as (
            select
                earlier.rowid as earlier_row, earlier.*, faulty.number, faulty.reasons,
                {is_exact} as is_exact, {alike} as alike
            from earlier_rows as earlier join faulty on {matched}
            where ({is_exact} or earlier.{DELETED} is null) and not {is_there}
        ),
        of_each_fault as (from matched qualify {once})
        select
            * exclude (earlier_row, number, alike), concat_ws('/', {key_text}) as row_key,
            {_row_id(table)} as row_id, {_customer(table)} as row_customer
        from of_each_fault
        qualify row_number() over (partition by earlier_row order by not is_exact, number) = 1
        """
    )
    # a row that was gone is there again: it has the load that had brought it
    connection.execute(
        f"""
        update kept_rows set _load_id = gone.earlier_load_id
        from (
            select row_key, arg_max(earlier_load_id, landing_number) as earlier_load_id
            from {place}.landed_rows_gone where table_name = ? group by row_key
        ) as gone
        where kept_rows.row_key = gone.row_key and kept_rows.{DELETED} is not null
        """,
        [table.name],
    )
    listed = ", ".join(quoted(column.name) for column in columns)
    connection.execute(f"insert into {staged} by name select {listed}, _load_id from kept_rows")
    connection.execute(
        f"""
        create temp table kept_now as
        select
            $table as table_name, now.row_key, now.row_id, now.row_customer as customer_id,
            $number as landing_number, $load_id as load_id, now._load_id as earlier_load_id,
            coalesce(before.since_landing_number, $number) as since_landing_number, now.reasons
        from kept_rows as now
        left join (
            select distinct row_key, since_landing_number
            from {place}.landed_rows_kept where table_name = $table
        ) as before on now.row_key = before.row_key
        """,
        {"table": table.name, "number": load[0], "load_id": load[1]},
    )
    forget_kept_rows(connection, place, table)
    connection.execute(f"insert into {place}.landed_rows_kept from kept_now")
    kept = connection.execute(
        "select row_key, is_exact from kept_rows order by is_exact desc, row_key"
    ).fetchall()
    for name in ("kept_rows", "kept_now", "faulty"):
        connection.execute(f"drop table {name}")
    return _sentences([key for key, _ in kept], sum(not is_exact for _, is_exact in kept))


def forget_kept_rows(connection: duckdb.DuckDBPyConnection, place: str, table: Table) -> None:
    """What was kept of a table in the landing before is said anew by each landing."""
    connection.execute(f"delete from {place}.landed_rows_kept where table_name = ?", [table.name])


def _sentences(kept: list[str], guessed: int) -> list[str]:
    if not kept:
        return []
    more = ", ..." if len(kept) > MOST_KEYS_NAMED else ""
    named = ", ".join(masked(key) for key in kept[:MOST_KEYS_NAMED])
    rows = "1 row keeps its" if len(kept) == 1 else f"{len(kept):,} rows keep their"
    sentence = f"{rows} last good version: {named}{more}"
    if guessed:
        sentence += (
            f"; the key of a faulty row cannot be read, so {guessed:,} of them may be missing"
        )
    return [f"{sentence}; correct the faulty rows in the source system."]


def _row_id(table: Table) -> str:
    """By what name a line of the ledger says which row it was made from."""
    if table.keys:
        return f"cast({quoted(table.keys[0].name)} as varchar)"
    names = [name for name in ("unique_id", "id") if table.column(name)]
    names = names or [column.name for column in table.columns if column.is_id]
    return f"coalesce({', '.join(f'cast({quoted(name)} as varchar)' for name in names)})"


def _customer(table: Table) -> str:
    if table.name in CUSTOMER_TABLES:
        return '"id"'
    names = [name for name in CUSTOMER_COLUMNS if table.column(name)]
    return quoted(names[0]) if names else "cast(null as varchar)"
