"""Cases land as one company and are built with every data test: one database for all of them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb

from .cases import AS_OF, RATES, Case
from .rows import Rows

PROJECT = Path(__file__).resolve().parents[3]
DBT = Path(sys.executable).parent / "dbt"
# columns that hold ids, and so get the name of the case in front
IDS = ("id", "_id", "applies_to_products")
VARIABLES = {
    "use_sample_extracts": False,
    "billing_systems": ["stripe"],
    "health_systems": [],
    "as_of_date": AS_OF,
}


def of_case(case: Case, value: str) -> str:
    return f"{case.name}-{value}"


def prefixed(case: Case, column: str, value: object) -> object:
    """An id with the case in front; a list of products one by one."""
    if column == "applies_to_products":
        products = [part.strip(' "[]') for part in str(value).split(",")]
        joined = ",".join(of_case(case, product) for product in products)
        return json.dumps(joined.split(",")) if str(value).startswith("[") else joined
    is_id = column == "id" or column.endswith("_id")
    return of_case(case, str(value)) if is_id else value


def write(extracts: Path, cases: Iterable[Case]) -> set[str]:
    """The extracts of all cases; returns the systems that they have."""
    tables: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for case in cases:
        rows = Rows()
        case.fill(rows)
        for key, of_table in rows.tables.items():
            tables[key] += [
                {column: prefixed(case, column, value) for column, value in row.items()}
                for row in of_table
            ]
    tables["custom_billing", "fx_rates"] = [
        {"currency": currency, "month_end": "", "rate": rate} for currency, rate in RATES.items()
    ]
    for (system, table), of_table in tables.items():
        columns = list(dict.fromkeys(column for row in of_table for column in row))
        (extracts / system).mkdir(parents=True, exist_ok=True)
        with (extracts / system / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(of_table)
    return {system for system, _ in tables}


def build(folder: Path, cases: Iterable[Case]) -> duckdb.DuckDBPyConnection:
    """The marts of all cases, landed by the command and built by dbt; every data test passes."""
    database = folder / "arr_ledger.duckdb"
    systems = write(folder / "extracts", cases)
    environment = {**os.environ, "ARR_LEDGER_DATABASE": str(database)}
    landed = subprocess.run(
        [sys.executable, "-m", "arr_ledger.cli", "land", "--extracts", folder / "extracts"],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert landed.returncode == 0, landed.stderr
    variables = VARIABLES | {"crm_systems": sorted(systems & {"salesforce"})}
    built = subprocess.run(
        [
            *(DBT, "--log-path", folder / "logs", "build", "--target-path", folder / "target"),
            *("--vars", json.dumps(variables), "--exclude-resource-type", "unit_test"),
        ],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout[-5000:]
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    statuses = Counter(
        result["status"] for result in results if result["unique_id"].startswith("test.")
    )
    assert statuses.keys() == {"pass"}
    return duckdb.connect(str(database), read_only=True)


def months(first: str, last: str) -> list[str]:
    """Every month from one to another, both included."""
    from_index, until_index = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(from_index, until_index + 1)]
