"""Books of growing size on Spark: the chain of the ledger beside the spine of customers and months.

Seconds of wall, and bytes and rows that went from stage to stage, read off Spark's log of events;
the chain on DuckDB in the same run says where a cluster begins to pay.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlglot

from benchmarks.answers import BRIDGE
from benchmarks.books import book_of
from benchmarks.ledger import ANSWERS, VARIABLES
from benchmarks.paths import SQL_FOLDER
from tools.spark.cluster import Cluster
from tools.spark.prove import NO_TESTS, Case, Proof

MONTHS = 60
EVENTS = "events"
TASK_END = '{"Event":"SparkListenerTaskEnd"'
BY_CUSTOMER = "partition by customer_id order by month_index"


@dataclass(frozen=True)
class Cost:
    """What one contender took."""

    seconds: float
    shuffled_bytes: int
    shuffled_rows: int

    def __str__(self) -> str:
        megabytes = self.shuffled_bytes / 1e6
        return (
            f"{self.seconds:7.0f} s, {megabytes:9.1f} MB and {self.shuffled_rows:12,} rows shuffled"
        )


def event_settings(folder: Path) -> dict[str, str]:
    """Settings under which Spark writes down what every task did."""
    (folder / EVENTS).mkdir(parents=True, exist_ok=True)
    return {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": (folder / EVENTS).resolve().as_uri(),
        "spark.eventLog.buffer.kb": "1",
        "spark.sql.maxPlanStringLength": "1000",
    }


def measure(proof: Proof, sizes: list[int]) -> None:
    """One line per contender and size; the answers of both on Spark are held against each other."""
    for customers in sizes:
        book = book_of(customers, MONTHS, proof.folder)
        proof.landed_book(book)
        case = Case(book.name, VARIABLES, tuple(f"+{answer}" for answer in ANSWERS))
        started = time.monotonic()
        proof.dbt("dev", case, "build", *NO_TESTS)
        here = time.monotonic() - started
        chain = _cost(proof.cluster, lambda case=case: proof.dbt("spark", case, "build", *NO_TESTS))
        spine = _cost(proof.cluster, lambda: _build_spine(proof.cluster))
        different = _differences(proof.cluster)
        print(f"{book.name}")
        print(f"  chain on DuckDB  {here:7.0f} s")
        print(f"  chain on Spark   {chain}")
        print(f"  spine on Spark   {spine}")
        print(f"  rows of the bridge that only one of the two has: {different}", flush=True)


def _cost(cluster: Cluster, work: Callable[[], object]) -> Cost:
    begun, started = time.time() * 1000, time.monotonic()
    work()
    seconds = time.monotonic() - started
    time.sleep(2)
    sent_bytes = sent_rows = 0
    for log in (cluster.folder / EVENTS).iterdir():
        with log.open(encoding="utf-8") as lines:
            for line in lines:
                # the last line may be half written
                if not (line.startswith(TASK_END) and line.endswith("}\n")):
                    continue
                event = json.loads(line)
                if event["Task Info"]["Launch Time"] >= begun:
                    written = event.get("Task Metrics", {}).get("Shuffle Write Metrics", {})
                    sent_bytes += written.get("Shuffle Bytes Written", 0)
                    sent_rows += written.get("Shuffle Records Written", 0)
    return Cost(seconds, sent_bytes, sent_rows)


def _build_spine(cluster: Cluster) -> None:
    """The spine of the benchmark in Spark's own words."""
    cursor = cluster.cursor()
    cursor.execute("create schema if not exists spine")
    for file in sorted((SQL_FOLDER / "spine").glob("*.sql")):
        # Spark has named windows and none that extends one
        text = file.read_text(encoding="utf-8").replace("(by_customer rows", f"({BY_CUSTOMER} rows")
        for statement in sqlglot.parse(text, dialect="duckdb"):
            sql = statement.sql(dialect="spark")
            cursor.execute(sql.replace("CREATE TABLE", "CREATE OR REPLACE TABLE", 1))


def _differences(cluster: Cluster) -> int:
    cursor = cluster.cursor()
    ours = f"select {BRIDGE} from marts.rpt_arr_bridge_monthly"
    theirs = f"select {BRIDGE} from spine.arr_bridge_monthly"
    cursor.execute(
        f"select count(*) from (({ours} except all {theirs}) union all"
        f" ({theirs} except all {ours}))"
    )
    return cursor.fetchall()[0][0]
