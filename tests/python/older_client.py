# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb==1.2.2"]
#
# [tool.uv]
# no-build = true
# ///
"""Reads every mart of a published file with the oldest DuckDB that is promised to.

Its lock is older_client.py.lock; `uv lock --script tests/python/older_client.py` writes it anew.
"""

import sys

import duckdb

connection = duckdb.connect(sys.argv[1], read_only=True)
tables = connection.execute(
    "select table_name from information_schema.tables where table_schema = 'marts'"
).fetchall()
for (name,) in tables:
    connection.execute(f"select * from marts.{name}").fetchone()
print(duckdb.__version__, len(tables))
