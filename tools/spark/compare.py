"""Every mart of a build on Spark beside the same mart on DuckDB: values, rows and types.

Spark writes the answer to a query per table, DuckDB reads it and subtracts one from the other, both
ways, rows counted as often as they stand. Money, counts, dates and texts are equal or they are not;
doubles are equal as doubles.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from pyhive import hive

from tools.spark.cluster import Cluster

# how DuckDB reads what Spark calls its types
SAME_TYPE = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Table:
    """A relation that both engines have."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass
class Compared:
    """What was found: rows of each, rows that one has and the other lacks, differences of types."""

    table: Table
    rows: int = 0
    rows_there: int = 0
    only_duckdb: int = 0
    only_spark: int = 0
    types: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not (self.only_duckdb or self.only_spark or self.types)

    def __str__(self) -> str:
        if self.is_equal:
            return f"equal    {self.table}  {self.rows:,} rows"
        said = [
            f"DIFFERS  {self.table}  {self.rows:,} rows in DuckDB, {self.rows_there:,} in Spark:"
            f" {self.only_duckdb:,} only in DuckDB, {self.only_spark:,} only in Spark"
        ]
        return "\n         ".join(said + self.types + self.examples)


def compare(database: Path, cluster: Cluster, tables: list[Table], folder: Path) -> list[Compared]:
    """The tables one by one; the folder is used for the answers of Spark and emptied."""
    with duckdb.connect(str(database), read_only=True) as here:
        here.execute("set TimeZone = 'UTC'")
        there = cluster.cursor()
        return [_compared(here, there, table, folder / str(table)) for table in tables]


def _compared(
    here: duckdb.DuckDBPyConnection, there: hive.Cursor, table: Table, folder: Path
) -> Compared:
    columns = here.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = ? and table_name = ? order by ordinal_position",
        [table.schema, table.name],
    ).fetchall()
    there.execute(f"describe {table.schema}.`{table.name}`")
    described = {}
    for name, kind, _ in there.fetchall():
        if not name or name.startswith("#"):
            break
        described[name] = SAME_TYPE.get(kind, kind.upper())
    found = Compared(table)
    for name, kind in columns:
        if described.get(name) != kind.replace(", ", ","):
            found.types.append(
                f"{name} is {kind} in DuckDB and {described.get(name, 'not there')} in Spark"
            )
    if set(described) - {name for name, _ in columns}:
        found.types.append(
            f"only in Spark: {sorted(set(described) - {name for name, _ in columns})}"
        )
    shared = [name for name, _ in columns if name in described]
    listed = ", ".join(f"`{name}`" for name in shared)
    there.execute(
        f"insert overwrite directory '{folder.resolve().as_uri()}' using parquet"
        f" select {listed} from {table.schema}.`{table.name}`"
    )
    quoted = ", ".join(f'"{name}"' for name in shared)
    kinds = ", ".join(
        f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns if name in described
    )
    here.execute(
        "create or replace temp view a as select " + quoted + f' from {table.schema}."{table.name}"'
    )
    here.execute(
        "create or replace temp view b as select "
        + kinds
        + f" from read_parquet('{folder}/*.parquet', hive_partitioning = false)"
    )
    found.rows = _number(here, "select count(*) from a")
    found.rows_there = _number(here, "select count(*) from b")
    found.only_duckdb = _number(here, "select count(*) from (from a except all from b)")
    found.only_spark = _number(here, "select count(*) from (from b except all from a)")
    if found.only_duckdb or found.only_spark:
        for one, other, name in (("a", "b", "DuckDB"), ("b", "a", "Spark")):
            rows = here.execute(
                f"from {one} except all from {other} order by all limit 2"
            ).fetchall()
            found.examples += [f"{name}: {dict(zip(shared, row, strict=True))}" for row in rows]
    shutil.rmtree(folder, ignore_errors=True)
    return found


def _number(here: duckdb.DuckDBPyConnection, query: str) -> int:
    return here.execute(query).fetchone()[0]
