"""What a BI session may do with the published file, and which clients can read it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
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


def snippet(folders: Folders) -> str:
    """What the page says, for this file."""
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found.replace("/srv/published/arr_ledger.duckdb", str(folders.served))


@pytest.fixture
def session(folders: Folders) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as the page for BI tools opens it: its snippet is what runs here."""
    names: dict[str, duckdb.DuckDBPyConnection] = {}
    exec(snippet(folders), names)
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
    "reads the served file as bytes": "select * from read_blob('{out}/arr_ledger.duckdb')",
    "lays a log beside the served file": "copy (select 'x'::blob as content)"
    " to '{out}/arr_ledger.duckdb.wal' (format blob, use_tmp_file false)",
    "cuts the served file": "copy (select 1) to '{out}/arr_ledger.duckdb' (use_tmp_file false)",
    "writes a log file": "call enable_logging("
    "storage='file', storage_config={{'path': '{out}/x'}})",
    "sets a log of queries": "set log_query_path = '{out}/queries.log'",
    "writes a profile": "pragma profiling_output = '{out}/profile.json'",
    "writes a secret": "create persistent secret mine (type http)",
    "moves temporary files": "set temp_directory = '{out}'",
    "switches files on again": "set disabled_filesystems = ''",
    "resets the settings": "reset disabled_filesystems",
    "allows the folder": "set allowed_directories = ['{out}']",
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


def test_a_logging_session_is_refused_and_not_aborted(folders: Folders) -> None:
    """A process of its own: without the file system switched off DuckDB aborts its host."""
    command = "call enable_logging(storage='file', storage_config={'path': '/tmp/x'})"
    script = (
        f"{snippet(folders)}\n"
        f"try:\n    connection.execute({command!r})\n"
        "except duckdb.Error as error:\n    print(error)\n"
        'print(connection.execute("select count(*) from marts._release").fetchone())\n'
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "(1,)"


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
