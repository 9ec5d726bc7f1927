"""One number per table that says whether two databases hold the same rows, in whatever order."""

from __future__ import annotations

from pathlib import Path

import duckdb

RELATIONS = """
    select table_schema || '."' || table_name || '"'
    from information_schema.tables
    where table_schema in ('intermediate', 'marts')
    order by all
"""


def table_checksums(database: Path) -> dict[str, tuple[int, int]]:
    """Table or view of the ledger -> its number of rows and the sum of their hashes."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = [name for (name,) in connection.execute(RELATIONS).fetchall()]
        return {
            name: connection.execute(
                "select count(*), sum(cast(md5_number_lower(cast(row_of as varchar)) as hugeint))"
                f" from {name} as row_of"
            ).fetchone()
            for name in names
        }
