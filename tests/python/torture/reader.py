"""A BI session in a process of its own: opens the served file again and again, checks each read.

    python reader.py FILE SNIPPET BOOKS

SNIPPET is the connection of docs/how_to/connect_a_bi_tool.md, BOOKS maps the hash of the extracts
to the ARR of that book. Prints one JSON object per read, until its standard input ends.
"""

from __future__ import annotations

import json
import select
import sys
from typing import Any

PAUSE = 0.3  # seconds between two reads, so that a reader leaves the refresh some of the machine
NEWEST = "date_month = (select max(date_month) from marts.rpt_arr_bridge_monthly)"
ARR = {
    "bridge": f"select ending_arr from marts.rpt_arr_bridge_monthly"
    f" where {NEWEST} and segment_type = 'all'",
    "spans": "select sum(arr) from marts.fct_customer_arr_spans where until_month is null",
    "months": f"select sum(arr) from marts.fct_customer_arr_monthly where {NEWEST}",
}
TABLES = """
    select table_name from duckdb_tables() where schema_name = 'marts' and table_name <> '_release'
"""


def read(snippet: str, books: dict[str, str]) -> dict[str, Any]:
    """One whole read, over a connection of its own."""
    names: dict[str, Any] = {}
    try:
        exec(snippet, names)
    except Exception as error:
        return {"unavailable": str(error)}
    with names["connection"] as connection:

        def one(sql: str) -> Any:
            return connection.execute(sql).fetchone()[0]

        try:
            release, sha256, published = connection.execute(
                "select release_id, extracts_sha256, published_rows from marts._release"
            ).fetchone()
            arr = {name: str(one(sql)) for name, sql in ARR.items()}
            tables = [name for (name,) in connection.execute(TABLES).fetchall()]
            rows = sum(one(f"select count(*) from marts.{name}") for name in tables)
        except Exception as error:
            return {"wrong": str(error)}
    if set(arr.values()) != {books.get(sha256)} or rows != published:
        return {"wrong": f"release {release} of {sha256[:8]}: {arr}, {rows} of {published} rows"}
    return {"release": release, "arr": books[sha256]}


def main() -> None:
    file, snippet, books = sys.argv[1:]
    code = snippet.replace("/srv/published/arr_ledger.duckdb", file)
    while True:
        print(json.dumps(read(code, json.loads(books))), flush=True)
        if select.select([sys.stdin], [], [], PAUSE)[0]:
            return


if __name__ == "__main__":
    main()
