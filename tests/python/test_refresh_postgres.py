"""A release in Postgres: to the cent, whole for every reader, and its password nowhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from landing_extracts import HEADER, write_extracts
from postgres_server import PASSWORD, Server, postgres_server
from stand_in_build import stands_in

from arr_ledger.cli import cli
from arr_ledger.refresh import (
    RefreshRefusedError,
    Request,
    list_releases,
    postgres,
    refresh,
    roll_back,
)
from arr_ledger.refresh.build import build
from arr_ledger.refresh.postgres import publish_to_postgres
from arr_ledger.refresh.progress import Progress

__all__ = ["stands_in"]  # a fixture
KILLS = 10
TABLES = [f"t{number}" for number in range(6)]
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from arr_ledger.refresh.postgres import publish_to_postgres

url, kills, files = sys.stdin.readline().strip(), int(sys.argv[1]), sys.argv[2:]
chance = random.Random(20260701)

def publish(file, seconds=None):
    # in a process of its own; whether it was killed before its end
    child = os.fork()
    if child == 0:
        publish_to_postgres(Path(file), url)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0

killed = 0
for number in range(kills):
    started = time.monotonic()
    assert not publish(files[number % 2])
    whole = time.monotonic() - started
    killed += publish(files[(number + 1) % 2], chance.uniform(0, whole))
print(killed)
"""
SHORT = "set local lock_timeout = '300ms'"
LINE = "L1,S1,C1,P1,pro,2024-01-01,2025-01-01,1200,12,3,USD,recurring,,,\n"


@pytest.fixture(scope="module")
def any_server() -> Iterator[Server]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def server(any_server: Server) -> Server:
    """With no marts in it."""
    any_server.run("drop schema if exists marts cascade")
    return any_server


def release_file(folder: Path, number: int, more: str = "", tables: list[str] = TABLES) -> Path:
    """A release whose tables have as many thousand rows as its number, and hold nothing else."""
    file = folder / f"r{number}.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts._release as select 'r{number}' as release_id")
        for name in tables:
            connection.execute(
                f"create table marts.{name} as select {number} as number {more}"
                f" from range({number * 1000})"
            )
    return file


def seen(execute: object) -> set[str]:
    """The releases that a transaction sees: of _release, and by rows and content of each table."""
    releases = {row[0] for row in execute("select release_id from marts._release")}
    for name in TABLES:
        found = execute(f"select count(*) / 1000, min(number), max(number) from marts.{name}")
        releases |= {f"r{number}" for number in found[0]}
    return releases


def test_every_mart_arrives_to_the_cent_in_a_type_that_fits(
    server: Server, sample_database: Path
) -> None:
    rows = publish_to_postgres(sample_database, server.url)
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, list(column_name order by ordinal_position),"
            " list(data_type order by ordinal_position)"
            " from information_schema.columns where table_schema = 'marts' group by 1"
        ).fetchall()
        assert len(columns) > 25
        for name, names, types in columns:
            pairs = list(zip(names, types, strict=True))
            asked = ", ".join(f"{each}::text" if "DECI" in of else each for each, of in pairs)
            cast = ", ".join(f"cast({each} as {of}) as {each}" for each, of in pairs)
            with postgres._transaction(server.url) as cursor:
                cursor.execute(f"select {asked} from marts.{name}")
                connection.register("raw", cursor.fetch_arrow())
                connection.execute(f"create temp table arrived as select {cast} from raw")
            rows -= rows_in_both(connection, "arrived", f"marts.{name}")
            connection.execute("drop table arrived")
    assert rows == 0
    types = server.run(
        "select distinct udt_name::text from information_schema.columns"
        " where table_schema = 'marts' order by 1"
    )
    assert [each for (each,) in types] == [
        *("bool", "date", "float8", "int4", "int8", "numeric", "text")
    ]


def rows_in_both(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """How many rows two tables have, after making sure that they have the same."""
    ((rows, of_other, of_both),) = connection.execute(
        f"select (select count(*) from {one}), (select count(*) from {other}),"
        f" (select count(*) from (from {one} intersect all from {other}))"
    ).fetchall()
    assert rows == of_other == of_both, other
    return rows


def test_a_kill_while_publishing_to_postgres_never_shows_a_part(
    server: Server, tmp_path: Path
) -> None:
    """At random points, with a reader in a loop: a snapshot is one release through all tables."""
    files = [release_file(tmp_path, 2), release_file(tmp_path, 1)]
    wrong: list[object] = []
    reads: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with server.transaction() as execute:
                execute("set transaction isolation level repeatable read")
                releases = seen(execute)
            (reads if len(releases) == 1 else wrong).append(releases)

    publish_to_postgres(files[1], server.url)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(KILLS), *files],
            input=f"{server.url}\n",
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    finally:
        stop.set()
        reader.join()
    assert wrong == []
    # the others had published before they were to be killed: machines are not evenly fast
    assert int(done.stdout) >= KILLS / 5
    assert {each for releases in reads for each in releases} == {"r1", "r2"}
    assert len(reads) > KILLS
    publish_to_postgres(files[0], server.url)
    with server.transaction() as execute:
        assert seen(execute) == {"r2"}


def test_two_publishes_at_once_do_not_add_up(server: Server, tmp_path: Path) -> None:
    publish_to_postgres(release_file(tmp_path, 3), server.url)
    files = [release_file(tmp_path, 1), release_file(tmp_path, 2)]
    both = [threading.Thread(target=publish_to_postgres, args=(file, server.url)) for file in files]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with server.transaction() as execute:
        assert len(seen(execute)) == 1


def test_columns_and_marts_come_and_go_with_the_release_and_grants_stay(
    server: Server, tmp_path: Path
) -> None:
    old = release_file(tmp_path, 1, ", 'x' as gone, 1 as price", [*TABLES, "t_gone"])
    new = release_file(tmp_path, 2, ", 1.50 as price, true as is_new")
    publish_to_postgres(old, server.url)
    server.run("create table marts.mine (one int)", "grant select on marts.t0 to pg_monitor")
    publish_to_postgres(new, server.url)
    assert server.run(
        "select column_name::text, data_type::text from information_schema.columns"
        " where table_name = 't0' order by 1"
    ) == [("is_new", "boolean"), ("number", "integer"), ("price", "numeric")]
    assert server.run("select distinct price::text, is_new from marts.t0") == [("1.50", True)]
    assert server.run(
        "select relname::text from pg_class where relnamespace = 'marts'::regnamespace"
        " and relkind = 'r' and relname not like 't_' order by 1"
    ) == [("_release",), ("mine",)]
    assert server.run("select has_table_privilege('pg_monitor', 'marts.t0', 'select')") == [(True,)]


DOUBLES = (
    "create or replace function doubled() returns trigger language plpgsql as"
    " $$ begin new.number := 2 * new.number; return new; end $$"
)
DOUBLES_LATER = (
    "create or replace function doubled() returns trigger language plpgsql as"
    " $$ begin update marts.t5 set number = 4 where ctid = new.ctid and number = 2;"
    " return null; end $$"
)
CHANGES = {
    "a trigger on each row": [
        DOUBLES,
        "create trigger t before insert on marts.t5 for each row execute function doubled()",
    ],
    "a trigger at the commit": [
        DOUBLES_LATER,
        "create constraint trigger t after insert on marts.t5 deferrable initially deferred"
        " for each row execute function doubled()",
    ],
    "a trigger that drops rows": [
        DOUBLES.replace("new.number := 2 * new.number; return new", "return null"),
        "create trigger t before insert on marts.t5 for each row execute function doubled()",
    ],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_rows_on_their_way_is_refused(
    server: Server, tmp_path: Path, change: list[str]
) -> None:
    publish_to_postgres(release_file(tmp_path, 1), server.url)
    server.run(*change)
    with pytest.raises(RefreshRefusedError) as refused:
        publish_to_postgres(release_file(tmp_path, 2), server.url)
    assert str(refused.value).startswith("--postgres: ")
    assert "marts.t5" in str(refused.value)
    with server.transaction() as execute:
        assert seen(execute) == {"r1"}


@pytest.mark.parametrize(
    ("obstacle", "sentence"),
    [
        (
            "alter table marts.t5 rename to mine; create table marts.t5 (number int)",
            "marts.t5 is there already and was not made by arr-ledger; move it away",
        ),
        (
            "alter table marts.t5 add column more int; create view v as select more from marts.t5",
            "cannot drop column more of table marts.t5 because other objects depend on it",
        ),
        ("alter table marts.t5 add check (number < 2)", 'violates check constraint "t5_number'),
    ],
)
def test_what_postgres_refuses_leaves_the_whole_release_before(
    server: Server, tmp_path: Path, obstacle: str, sentence: str
) -> None:
    publish_to_postgres(release_file(tmp_path, 1), server.url)
    server.run(*obstacle.split("; "))
    with pytest.raises(RefreshRefusedError, match=re.escape(sentence)) as refused:
        publish_to_postgres(release_file(tmp_path, 2), server.url)
    assert str(refused.value).startswith("--postgres: ")
    assert "\n" not in str(refused.value)
    server.run("drop view if exists v")
    if "rename" not in obstacle:
        with server.transaction() as execute:
            assert seen(execute) == {"r1"}


def test_an_open_transaction_holds_up_new_columns_but_not_new_rows(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "BEGIN", ("set local lock_timeout = '200ms'",))
    server.run("create schema marts")
    publish_to_postgres(release_file(tmp_path, 1), server.url)
    with server.transaction() as execute:
        execute("set transaction isolation level repeatable read")
        assert seen(execute) == {"r1"}
        publish_to_postgres(release_file(tmp_path, 2), server.url)
        assert seen(execute) == {"r1"}
        with pytest.raises(RefreshRefusedError, match="transaction open on a mart whose columns"):
            publish_to_postgres(release_file(tmp_path, 3, ", 1 as more"), server.url)
    with server.transaction() as execute:
        assert seen(execute) == {"r2"}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://arr:hunter2@localhost:1/arr", "Failed to connect: connection to server at"),
        ("postgresql://arr:hun@ter2@localhost/arr", "in a password, write %40 for @ and so on"),
        ("postgresql://arr:1/hunter2@localhost/arr", "in a password, write %40 for @ and so on"),
        ("postgresql://arr:hu%zznter2@localhost/arr", "write postgresql://user@host:port/databa"),
        ("postgresql://arr:hu%00nter2@localhost/arr", "write postgresql://user@host:port/databa"),
        ("postgresql://arr:hunter2", "write postgresql://user@host:port/database"),
        ("postgresql://arr@localhost/arr?passwordhunter2", "write postgresql://user@host:port/da"),
        ("postgresql://arr@localhost/arr?password=hu=nter2", "write postgresql://user@host:port/"),
        ("postgresql://arr@localhost:1/arr?password=hunter2", "Failed to connect"),
        ("host=localhost password=hunter2", "write postgresql://user@host:port/database"),
    ],
)
def test_a_url_that_does_not_work_is_refused_before_landing_and_not_repeated(
    tmp_path: Path, url: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARR_LEDGER_POSTGRES", url)
    extracts = write_extracts(tmp_path, subscription_lines=HEADER + LINE)
    command = ["refresh", "--extracts", extracts, "--out", tmp_path / "out", "--json"]
    done = CliRunner().invoke(cli, [str(each) for each in command])
    said = json.loads(done.output)
    assert (done.exit_code, said["status"], said["steps"]) == (1, "refused", [])
    assert sentence in said["reason"].splitlines()[0]
    assert "ter2" not in done.output
    held = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in held if "ter2" in text]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://arr:{}@localhost:1/arr",
        "postgresql://arr@localhost:1/arr?password={}",
        "postgresql://arr:other@localhost:1/arr?application_name=x&password={}",
    ],
)
def test_what_is_said_is_the_same_for_every_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nothing of it can be read off, not by what is hidden either."""
    monkeypatch.delenv("PGPASSWORD", raising=False)
    said = set()
    for password in ("a", "%61", "e", "1", "localhost", "-", "%2F%40", "%E9"):
        with pytest.raises(RefreshRefusedError, match="localhost") as refused:
            postgres.check_postgres(url.format(password))
        said.add(str(refused.value))
    assert len(said) == 1
    assert "***" not in said.pop()
    assert "PGPASSWORD" not in os.environ


def test_a_password_of_the_environment_is_left_as_it_was(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD.replace("%26", "&"))
    postgres.check_postgres(f"postgresql://publisher@/postgres?host={server.folder}")
    with pytest.raises(RefreshRefusedError, match="password authentication failed"):
        postgres.check_postgres(server.url_with("another"))
    assert os.environ["PGPASSWORD"] == PASSWORD.replace("%26", "&")
    query = f"postgresql://publisher@/postgres?password={PASSWORD}&host={server.folder}"
    monkeypatch.setenv("PGPASSWORD", "another")
    postgres.check_postgres(query)


def test_a_role_that_only_reads_cannot_keep_a_publish_out(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "BEGIN", (SHORT, *postgres.BEGIN[1:]))
    publish_to_postgres(release_file(tmp_path, 1), server.url)
    server.run(
        *("drop role if exists reader", "create role reader"),
        *("grant usage on schema marts to reader", "grant select on marts._release to reader"),
    )
    for grip in (
        "select pg_advisory_lock(hashtext('arr_ledger'))",
        "lock table marts._release in access share mode",
    ):
        with server.transaction() as execute:
            execute("set role reader")
            execute(grip)
            publish_to_postgres(release_file(tmp_path, 2), server.url)
            (tmp_path / "r2.duckdb").unlink()
    denied = pytest.raises(Exception, match="permission denied for table _release")
    with denied, server.transaction() as execute:
        execute("set role reader")
        execute("lock table marts._release in share row exclusive mode")


def test_who_keeps_a_publish_out_is_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "BEGIN", (SHORT, *postgres.BEGIN[1:]))
    publish_to_postgres(release_file(tmp_path, 1), server.url)
    with server.transaction() as execute:
        execute("set application_name = 'somebody''s notebook'")
        execute("lock table marts._release in share row exclusive mode")
        ((process,),) = execute("select pg_backend_pid()")
        with pytest.raises(RefreshRefusedError) as refused:
            publish_to_postgres(release_file(tmp_path, 2), server.url)
    assert f"process {process} of role publisher (somebody's notebook); let it end" in str(
        refused.value
    )
    assert "\n" not in str(refused.value)
    publish_to_postgres(tmp_path / "r2.duckdb", server.url)


def test_two_first_publishes_at_once_both_arrive(server: Server, tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def publish(file: Path) -> None:
        try:
            publish_to_postgres(file, server.url)
        except RefreshRefusedError as error:
            failed.append(error)

    files = [release_file(tmp_path, 1), release_file(tmp_path, 2)]
    both = [threading.Thread(target=publish, args=(file,)) for file in files]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert failed == []
    with server.transaction() as execute:
        assert len(seen(execute)) == 1


def test_a_wrong_password_is_refused_without_a_word_of_it(server: Server) -> None:
    with pytest.raises(RefreshRefusedError, match="password authentication failed") as refused:
        postgres.check_postgres(server.url_with("hunter2"))
    assert "hunter2" not in str(refused.value)


def test_dbt_is_not_told_the_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARR_LEDGER_POSTGRES", "postgresql://arr:hunter2@localhost/arr")
    told: list[object] = []

    def start(command: list[str], **how: object) -> None:
        told.append((command, how["env"]))
        raise InterruptedError

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(InterruptedError):
        build(tmp_path / "x.duckdb", {}, tmp_path, 1, lambda *_: None)
    assert len(told) == 1
    assert "hunter2" not in str(told)


@pytest.mark.usefixtures("stands_in")
def test_a_refresh_and_a_rollback_show_the_same_release_in_both_places_or_change_neither(
    server: Server, tmp_path: Path
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=HEADER + LINE)
    out = tmp_path / "out"
    request = Request(extracts, out, {"as_of_date": "2026-06-30"}, postgres=server.url)
    assert PASSWORD not in repr(request)

    def served() -> tuple[str, str]:
        (here,) = [each.release_id for each in list_releases(out) if each.is_served]
        ((there,),) = server.run("select release_id from marts._release")
        return here, there

    first = refresh(request, Progress(is_silent=True)).release_id
    assert served() == (first, first)
    second = refresh(request, Progress(is_silent=True)).release_id
    assert served() == (second, second)
    server.run(
        "alter table marts.rpt_arr_bridge_monthly rename to kept",
        "create view marts.rpt_arr_bridge_monthly as select 1",
    )
    with pytest.raises(
        RefreshRefusedError, match=r"marts\.rpt_arr_bridge_monthly is there already"
    ) as refused:
        refresh(request, Progress(is_silent=True))
    assert str(refused.value).endswith(f"Still served: release {second}.")
    with pytest.raises(
        RefreshRefusedError, match=r"marts\.rpt_arr_bridge_monthly is there already"
    ):
        roll_back(out, postgres=server.url)
    assert served() == (second, second)
    assert [each.release_id for each in list_releases(out)] == [second, first]
    assert not list(out.glob(".unfinished-*"))
    server.run(
        "drop view marts.rpt_arr_bridge_monthly",
        "alter table marts.kept rename to rpt_arr_bridge_monthly",
    )
    roll_back(out, postgres=server.url)
    assert served() == (first, first)
    assert not [path for path in out.rglob("*") if path.is_file() and b"pa55" in path.read_bytes()]
