"""Statements 23 and 32: builds of the sample company that differ in nothing but their machine.

The build of the session, on 2 threads, is compared with one more, and with four in `make prove`,
from two folders that hold what git keeps: threads of dbt and of DuckDB, memory, zone of the machine
and of the session, locale, hash seed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from table_checksums import table_checksums

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).parent / "dbt"
NO_TESTS = ("--exclude", "resource_type:test")


@dataclass(frozen=True)
class Machine:
    """What a build runs on."""

    clone: str
    threads: int
    memory: str
    zone: str
    session_zone: str
    locale: str

    def __str__(self) -> str:
        return f"{self.clone}-{self.threads}-{self.memory}-{self.zone}".replace("/", "_")


MACHINES = [
    Machine("two", 8, "2GB", "Pacific/Kiritimati", "America/St_Johns", "tr_TR.UTF-8"),
]
if "ARR_LEDGER_PROVE" in os.environ:
    MACHINES += [
        Machine("one", 1, "512MB", "America/New_York", "UTC", "C"),
        Machine("one", 8, "512MB", "Asia/Kathmandu", "UTC", "C.utf8"),
        Machine("two", 2, "512MB", "Europe/Berlin", "Pacific/Auckland", "de_DE.UTF-8"),
    ]


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two folders with the files that git keeps or would keep, and nothing that a build left."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]
    assert "dbt_project.yml" in names
    folders = {each: tmp_path_factory.mktemp(f"clone {each}") for each in ("one", "two")}
    for folder in folders.values():
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, folder / name)
    return folders


def profile(machine: Machine, database: Path) -> dict[str, Any]:
    """The profile of the project with the settings of a machine."""
    settings = {
        "TimeZone": machine.session_zone,
        "threads": machine.threads,
        "memory_limit": machine.memory,
    }
    output = {
        "type": "duckdb",
        "path": str(database),
        "threads": machine.threads,
        "settings": settings,
    }
    return {"arr_ledger": {"target": "dev", "outputs": {"dev": output}}}


def build(machine: Machine, clone: Path, folder: Path) -> Path:
    """The database of a build without tests."""
    database = folder / "arr_ledger.duckdb"
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile(machine, database)))
    kept = {name: value for name, value in os.environ.items() if name[:3] not in ("LC_", "DBT")}
    done = subprocess.run(
        [DBT, "--quiet", "build", "--profiles-dir", folder, *NO_TESTS],
        cwd=clone,
        env={
            **kept,
            "TZ": machine.zone,
            "LC_ALL": machine.locale,
            "LANG": machine.locale,
            "PYTHONHASHSEED": str(machine.threads),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return database


@pytest.mark.parametrize("machine", MACHINES, ids=str)
def test_32_a_build_gives_the_same_rows_on_every_machine(
    machine: Machine,
    clones: dict[str, Path],
    sample_database: Path,
    tmp_path: Path,
    evidence: Any,
) -> None:
    expected = table_checksums(sample_database)
    assert len(expected) > 60
    assert sum(rows for rows, _ in expected.values()) > 100_000
    started = time.monotonic()
    found = table_checksums(build(machine, clones[machine.clone], tmp_path))
    evidence.note(
        f"tables equal: {machine.threads} threads, {machine.memory}, machine in {machine.zone},"
        f" session in {machine.session_zone}, locale {machine.locale}, clone {machine.clone}",
        f"{sum(found[name] == checksum for name, checksum in expected.items() if name in found)}"
        f" of {len(expected)}",
    )
    apart = [name for name in expected if found.get(name) != expected[name]]
    assert not apart
    assert found.keys() == expected.keys()
    print(f"{machine}: {time.monotonic() - started:.0f} s")
