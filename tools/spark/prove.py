"""The project on a cluster beside DuckDB: the same raw data, the same marts, value by value.

Each case lands a folder of extracts with the project's own command, builds it on both engines and
prints a line per mart. What differs is printed with its first rows, and the exit code is 1.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.landing.land import land
from arr_ledger.landing.spark import land_on_spark
from arr_ledger.project import PROJECT_FOLDER
from benchmarks.books import Book
from tools.spark.cluster import Cluster
from tools.spark.compare import Compared, Table, compare

SAMPLE = PROJECT_FOLDER / "seeds" / "sample_extracts"
# what landing writes for itself, and so does not take
OWN_TABLES = {"landed_rows_gone"}
# unit tests and data tests are run where a case says so
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")


class BuildError(Exception):
    """dbt did not end well: which engine, and what it said last."""


@dataclass(frozen=True)
class Case:
    """Raw data and a policy, built on both engines."""

    name: str
    variables: dict[str, Any]
    select: tuple[str, ...] = ()


@dataclass
class Proof:
    """A cluster, a folder for what is made, and what was found so far."""

    cluster: Cluster
    folder: Path
    found: list[Compared] = field(default_factory=list)
    last: Case | None = None
    children: list["subprocess.Popen[str]"] = field(default_factory=list)
    failed_builds: int = 0
    passed_tests: int = 0
    # only these data tests or unit tests; all without any
    tests: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        return self.folder / "duckdb.duckdb"

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Seconds of a phase, printed when it has ended."""
        started = time.monotonic()
        yield
        print(f"{time.monotonic() - started:7.0f} s  {phase}", flush=True)

    def landed(self, extracts: Path, name: str) -> dict[str, Any]:
        """The folder in raw tables of both engines; returns the variables that switch it on."""
        self.last = None
        with self.timed(f"{name}: land"):
            landing = land(extracts, self.database)
            land_on_spark(self.database, self.folder / "shared")
        return landing.variables

    def landed_book(self, book: Book) -> None:
        """A generated book in raw tables of both engines, and nothing else."""
        self.last = None
        self.database.unlink(missing_ok=True)
        with self.timed(f"{book.name}: land"):
            with duckdb.connect(str(self.database)) as connection:
                for statement in book.landing():
                    connection.execute(statement.replace("create view", "create table"))
            land_on_spark(self.database, self.folder / "shared")

    def built(self, case: Case) -> None:
        """The case on both engines, without tests."""
        with self.timed(f"{case.name}: build on DuckDB"):
            self.dbt("dev", case, "build", *NO_TESTS)
        with self.timed(f"{case.name}: build on Spark"):
            try:
                self.dbt("spark", case, "build", *NO_TESTS)
            except BuildError as error:
                # a small machine loses a task or a commit of the metastore now and then; what is
                # asked here is equality, and a build that is run again has to end equal
                self.failed_builds += 1
                print(f"          did not end, is run again: {error}", flush=True)
                self.dbt("spark", case, "build", *NO_TESTS)
        self.last = case

    def dbt(self, target: str, case: Case, command: str, *options: str) -> str:
        """What dbt said. BuildError: it did not end well."""
        done = self.start_dbt(target, case, command, *options)
        said, _ = done.communicate()
        if done.returncode:
            raise BuildError(f"{case.name}, dbt {command} on {target}:\n{telling(said)}")
        return said

    def start_dbt(
        self, target: str, case: Case, command: str, *options: str
    ) -> "subprocess.Popen[str]":
        """dbt as a process that was just started; a build with its line of progress."""
        selected = ("--select", *case.select) if case.select else ()
        process = subprocess.Popen(
            [
                *(
                    (sys.executable, "-m", "arr_ledger.build")
                    if command == "build"
                    else (Path(sys.executable).with_name("dbt"), command)
                ),
                *("--target", target, "--target-path", str(self.folder / f"target_{target}")),
                *("--log-path", str(self.folder / "logs"), "--vars", json.dumps(case.variables)),
                *(*selected, *options),
            ],
            env=os.environ
            | {
                "ARR_LEDGER_DATABASE": str(self.database),
                "ARR_LEDGER_UNIT_TESTS": "1",
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
            },
            cwd=PROJECT_FOLDER,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.children.append(process)
        return process

    def end(self) -> None:
        """No dbt goes on without us."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()

    def compared(self, name: str, kind: str = "mart") -> None:
        """Every mart, or seed, of the last build on Spark, a line each."""
        manifest = json.loads((self.folder / "target_spark" / "manifest.json").read_text())
        results = json.loads((self.folder / "target_spark" / "run_results.json").read_text())
        built = {result["unique_id"] for result in results["results"]}
        tables = [
            Table(node["schema"], node["alias"])
            for unique_id, node in sorted(manifest["nodes"].items())
            if unique_id in built and _kind(node) == kind
        ]
        with self.timed(f"{name}: compare {len(tables)} {kind}s"):
            found = compare(self.database, self.cluster, tables, self.folder / "answers")
        for each in found:
            print(each, flush=True)
        self.found += found


def _kind(node: dict[str, Any]) -> str:
    """What is compared: a mart or a seed; anything else by its layer or type."""
    if node["resource_type"] == "model":
        return node["fqn"][1].removesuffix("s")
    return node["resource_type"]


def telling(said: str) -> str:
    """Of what dbt said, what a reader looks for: no frames of Java."""
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    return "\n".join([line[:400] for line in lines if not line.strip().startswith("at ")][-60:])


def sample_folder(folder: Path) -> Path:
    """The extracts of the sample company, called as landing calls them."""
    for file in sorted(SAMPLE.glob("*/*.csv")):
        system = file.parent.name
        name = file.name.removeprefix(f"sample_{system}__")
        if Path(name).stem not in OWN_TABLES:
            (folder / system).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, folder / system / name)
    return folder


def change_sample(folder: Path) -> None:
    """A later delivery: amounts and ends of some lines are others, some rows are gone."""
    file = folder / "custom_billing" / "subscription_lines.csv"
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    at = header.split(",").index("term_amount")
    changed = []
    for number, line in enumerate(lines):
        cells = line.split(",")
        if number % 10 == 3 and '"' not in line:
            cells[at] = str(round(float(cells[at]) * 1.07, 2))
        if number % 97 != 5:
            changed.append(",".join(cells))
    file.write_text("\n".join([header, *changed, ""]), encoding="utf-8")
