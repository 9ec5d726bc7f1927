"""Personal data of the sample company: tagged where it lands, and published only where shown.

Names of owners alone are published, unless owner_names is hidden. People of the sample are called
Canary; whatever holds the word is personal data.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from arr_ledger.commands.refresh import refresh_command
from arr_ledger.export import export
from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh import steps
from arr_ledger.refresh.build import Build

SAMPLE = PROJECT_FOLDER / "seeds" / "sample_extracts"
CANARY = "canary"
DBT = Path(sys.executable).parent / "dbt"
EXTRACTS = {
    "custom_billing": ("fx_rates", "subscription_lines"),
    "salesforce": ("account", "contact", "opportunity", "user"),
}


def columns_with_a_canary(connection: duckdb.DuckDBPyConnection, schema: str = "%") -> set[str]:
    """table.column of every text column in which a canary sits."""
    tables = connection.execute(
        "select table_schema, table_name, list(column_name) from information_schema.columns"
        " where data_type = 'VARCHAR' and table_schema like ? group by all",
        [schema],
    ).fetchall()
    assert tables
    found = set()
    for of, table, columns in tables:
        counts = ", ".join(f"count(*) filter (\"{name}\" ilike '%{CANARY}%')" for name in columns)
        counted = connection.execute(f'select {counts} from "{of}"."{table}"').fetchone()
        found |= {f"{table}.{name}" for name, count in zip(columns, counted, strict=True) if count}
    return found


def files_with_a_canary(folder: Path) -> list[str]:
    """Files that hold the word in plain, and columns of Parquet that hold it packed.

    What landed is left out, tables and files: only the account that refreshes may read them.
    """
    landed = (folder / ".refresh" / "landed", folder / ".refresh" / "files")
    files = {path for path in folder.rglob("*") if path.is_file() and path.parent not in landed}
    found = [path.name for path in files if CANARY.encode() in path.read_bytes().lower()]
    with duckdb.connect() as connection:
        for path in folder.rglob("*.parquet"):
            connection.execute(f"create table \"{path.stem}\" as from read_parquet('{path}')")
        return [*found, *columns_with_a_canary(connection)]


@pytest.fixture(scope="module")
def manifest(sample_database: Path) -> dict[str, Any]:
    return json.loads((sample_database.parent / "target" / "manifest.json").read_text())


def tagged(nodes: dict[str, Any], schema: str) -> set[str]:
    return {
        f"{node['name']}.{column['name']}"
        for node in nodes.values()
        for column in node.get("columns", {}).values()
        if node["schema"] == schema and column["config"]["meta"].get("personal_data")
    }


def test_a_staging_column_is_tagged_if_and_only_if_it_holds_people_of_the_sample(
    sample_database: Path, manifest: dict[str, Any]
) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        found = columns_with_a_canary(connection, "staging")
    assert len(found) >= 3
    assert found == tagged(manifest["nodes"], "staging")


def test_the_names_of_owners_are_published_and_those_of_no_other_person(
    sample_database: Path,
) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        assert columns_with_a_canary(connection, "marts") == {"dim_owners.owner_name"}


@pytest.fixture(scope="module")
def hidden_names(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with the models of owners built anew, their names hidden."""
    folder = tmp_path_factory.mktemp("hidden")
    database = folder / "arr_ledger.duckdb"
    shutil.copyfile(sample_database, database)
    done = subprocess.run(
        [
            *(DBT, "--quiet", "--log-path", folder / "logs", "run", "--target-path", folder),
            *("--vars", json.dumps({"owner_names": "hidden"})),
            *("--select", "int_crm_users", "dim_owners"),
        ],
        cwd=PROJECT_FOLDER,
        env={**os.environ, "ARR_LEDGER_DATABASE": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    with duckdb.connect(str(database), read_only=True) as connection:
        owners = "select count(*), count(owner_name) from marts.dim_owners"
        count, named = connection.execute(owners).fetchone()
        assert (count > 10, named) == (True, 0)
    return database


def test_a_refresh_with_hidden_names_leaves_no_person_in_what_it_publishes_keeps_or_says(
    hidden_names: Path,
    manifest: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Landing, its audit and publishing are real; dbt's part is the sample, ready built.

    The pages of the other audit are read in test_audit.py.
    """
    for system, tables in EXTRACTS.items():
        (tmp_path / "extracts" / system).mkdir(parents=True)
        for table in tables:
            sample = SAMPLE / system / f"sample_{system}__{table}.csv"
            shutil.copy(sample, tmp_path / "extracts" / system / f"{table}.csv")
    out = tmp_path / "out"
    landed: set[str] = set()

    def stand_in(database: Path, _: dict[str, Any], folder: Path, *__: object) -> Build:
        with duckdb.connect(str(database), read_only=True) as connection:
            landed.update(columns_with_a_canary(connection))
        shutil.copyfile(hidden_names, database)
        (folder / "target").mkdir()
        (folder / "target" / "manifest.json").write_text(json.dumps(manifest))
        return Build(database, 90, 1000)

    monkeypatch.setattr(steps, "build", stand_in)
    monkeypatch.setattr("arr_ledger.audit.audit_published", lambda *_: 60)
    command = ["--extracts", str(tmp_path / "extracts"), "--out", str(out), "--json"]
    command += ["--vars", "{as_of_date: 2026-06-30}"]
    published = CliRunner().invoke(refresh_command, command)
    assert published.exit_code == 0, published.output
    assert CANARY not in published.output.lower()
    assert files_with_a_canary(out) == []
    with duckdb.connect(str(out / "arr_ledger.duckdb"), read_only=True) as connection:
        assert columns_with_a_canary(connection) == set()

    export(out, tmp_path / "csv", ("dim_customers", "dim_owners"))
    assert len(list((tmp_path / "csv").iterdir())) == 2
    assert CANARY not in "".join(path.read_text().lower() for path in (tmp_path / "csv").iterdir())
    assert landed == tagged(manifest["sources"], "raw_salesforce")
    assert (out / ".refresh").stat().st_mode & 0o777 == 0o700

    served = (out / "arr_ledger.duckdb").read_bytes()
    opportunities = tmp_path / "extracts" / "salesforce" / "opportunity.csv"
    opportunities.write_text(opportunities.read_text().replace(",100,", ",200,", 1))
    refused = CliRunner().invoke(refresh_command, command)
    assert refused.exit_code == 1
    assert "A probability is between 0 and 100 per cent. Not so: 1 of" in refused.output
    assert CANARY not in refused.output.lower()
    assert (out / ".refresh" / "failed" / "audit" / "index.html").exists()
    assert files_with_a_canary(out) == []
    assert (out / "arr_ledger.duckdb").read_bytes() == served
