"""What a BI session may do with the published file, and which clients can read it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from published_place import serve

from arr_ledger.landing.declared import PROJECT_FOLDER
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.publish import Release

OLDEST_CLIENT = "1.2.2"
OLDER_CLIENT = Path(__file__).with_name("older_client.py")
PAGE = PROJECT_FOLDER / "docs" / "how_to" / "connect_a_bi_tool.md"


@pytest.fixture(scope="module")
def folders(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    folders = Folders(tmp_path_factory.mktemp("published"))
    folders.prepare()
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    release = Release("r1", "2026-07-01 06:00:00", "2026-06-30", "a" * 64, "1", "1", 1, None)
    serve(sample_database, manifest, release, folders)
    (folders.out / "secret.csv").write_text("password\nhunter2\n")
    duckdb.connect(str(folders.out / "other.duckdb")).close()
    return folders


@pytest.fixture
def session(folders: Folders) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as the page for BI tools opens it: its snippet is what runs here."""
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, duckdb.DuckDBPyConnection] = {}
    exec(snippet.replace("/srv/published/arr_ledger.duckdb", str(folders.served)), names)
    yield names["connection"]
    names["connection"].close()


ATTACKS = {
    "reads a file": "select * from read_csv('{out}/secret.csv')",
    "reads a text": "select * from read_text('{out}/secret.csv')",
    "reads bytes": "select * from read_blob('/etc/passwd')",
    "lists a folder": "select * from glob('/etc/*')",
    "reads a file by its name": "select * from '{out}/secret.csv'",
    "reads Parquet": "select * from read_parquet('{out}/releases/r1/parquet/*.parquet')",
    "reads JSON": "select * from read_json('{out}/releases/r1/release.json')",
    "attaches another database": "attach '{out}/other.duckdb' as other",
    "attaches the served file to write": "attach '{out}/arr_ledger.duckdb' as again (read_write)",
    "attaches a new database": "attach '{out}/new.duckdb' as fresh",
    "copies a mart out": "copy marts.dim_customers to '{out}/stolen.csv'",
    "exports everything": "export database '{out}/stolen'",
    "copies a file in": "copy marts.dim_customers from '{out}/secret.csv'",
    "installs an extension": "install httpfs",
    "loads an extension": "load '{out}/evil.duckdb_extension'",
    "allows external access": "set enable_external_access = true",
    "unlocks the settings": "set lock_configuration = false",
    "changes a setting": "set memory_limit = '1TB'",
    "writes a mart": "update marts.rpt_arr_bridge_monthly set ending_arr = 0",
    "drops a mart": "drop table marts.fct_arr_movements",
    "makes a table": "create table marts.mine as select 1 as one",
    "forges a release": "insert into marts._release select * from marts._release",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_from_a_bi_session_fails(
    attack: str, session: duckdb.DuckDBPyConnection, folders: Folders
) -> None:
    before = sorted(folders.out.rglob("*"))
    with pytest.raises(duckdb.Error):
        session.execute(attack.format(out=folders.out)).fetchall()
    assert sorted(folders.out.rglob("*")) == before


def test_a_bi_session_may_read_marts_make_temporary_tables_and_list_settings(
    session: duckdb.DuckDBPyConnection,
) -> None:
    session.execute("create temp table newest as from marts.rpt_arr_bridge_monthly limit 5")
    assert session.execute("select count(*) from newest").fetchone() == (5,)
    settings = dict(session.execute("select name, value from duckdb_settings()").fetchall())
    assert settings["enable_external_access"] == "false"
    assert settings["lock_configuration"] == "true"
    assert session.execute("select release_id from marts._release").fetchone() == ("r1",)


def test_a_client_with_an_older_duckdb_reads_every_table(folders: Folders) -> None:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the path: it fetches the older client")
    done = subprocess.run(
        [uv, "run", "--frozen", "--script", OLDER_CLIENT, folders.served],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    version, tables = done.stdout.split()
    assert version == OLDEST_CLIENT
    assert int(tables) > 25
