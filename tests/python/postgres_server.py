"""A Postgres of one test run: a socket in a folder of its own, a password, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

PASSWORD = "pa55-w0rd%26more"


@dataclass(frozen=True)
class Server:
    """Where it is, and what a reader sees there."""

    folder: Path

    @property
    def url(self) -> str:
        return self.url_with(PASSWORD)

    def url_with(self, password: str) -> str:
        return f"postgresql://publisher:{password}@/postgres?host={self.folder}"

    def run(self, *statements: str) -> list[tuple]:
        """Runs them in one transaction; the rows of the last."""
        with self.transaction() as execute:
            return [execute(each) for each in statements][-1]

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A function that executes a statement in it and returns rows."""
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(self.url) as connection, connection.cursor() as cursor:

            def execute(statement: str) -> list[tuple]:
                cursor.execute(statement)
                if not statement.startswith("select"):
                    return []
                return duckdb.from_arrow(cursor.fetch_arrow()).fetchall()

            yield execute
            connection.commit()


@contextmanager
def postgres_server() -> Iterator[Server]:
    """Starts one and takes it away; skips the test where there is none to start."""
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        pytest.skip("initdb and pg_ctl are not on the path: Postgres is not tested")
    # the path of a socket may have 107 characters, so it is not below the folder of the test
    folder = Path(tempfile.mkdtemp(prefix="arr_ledger_"))
    whose = {}
    if os.geteuid() == 0:  # Postgres does not run as root
        whose = {"user": "nobody", "extra_groups": []}
        shutil.chown(folder, "nobody")

    def command(*arguments: str) -> None:
        subprocess.run(arguments, check=True, cwd=folder, stdout=subprocess.DEVNULL, **whose)

    data = str(folder / "data")
    password = folder / "password"
    password.write_text(PASSWORD.replace("%26", "&"))
    try:
        command(
            *("initdb", "--no-sync", "--auth=scram-sha-256", "--username=publisher", "-D", data),
            f"--pwfile={password}",
        )
        options = f"-F -c listen_addresses= -c unix_socket_directories={folder}"
        command("pg_ctl", "-w", "-D", data, "-o", options, "-l", f"{data}/log", "start")
        try:
            yield Server(folder)
        finally:
            command("pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
