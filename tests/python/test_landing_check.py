"""arr-ledger land --check: all that a landing would do, and no change."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from landing_extracts import CUSTOMERS, HEADER, LINES, write_extracts

from arr_ledger.cli import cli
from arr_ledger.landing import LandingRefusedError, land
from arr_ledger.landing.land import check

MANY = HEADER + "".join(
    f"L{n},S{n},C{n},P1,,2024-01-01,,12,12,1,USD,recurring,,,\n" for n in range(400)
)
BAD = "B1,S1,C1,P1,,2024-01-01,,$5,12,1,USD,recurring,,,\n"


def invoke(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(each) for each in arguments])
    return done.exit_code, done.output


def files(folder: Path) -> dict[str, str]:
    return {
        f"{path.relative_to(folder)}": sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_check_says_what_would_land_and_be_quarantined_and_changes_nothing(
    tmp_path: Path,
) -> None:
    write_extracts(tmp_path, subscription_lines=MANY + BAD, customers=CUSTOMERS)
    before = files(tmp_path)
    options = ("--extracts", tmp_path / "extracts", "--database", tmp_path / "x.duckdb")
    code, said = invoke("land", "--check", *options)
    assert code == 0, said
    assert files(tmp_path) == before
    assert "raw_custom_billing.subscription_lines           400 rows             1 quarant" in said
    assert "1 row would be quarantined:" in said
    assert (
        "  custom_billing/subscription_lines.csv, line 402 (fault): column term_amount: '$5'"
    ) in said
    assert f"402 rows would land in {tmp_path}/x.duckdb, 1 would be quarantined. Nothing" in said
    assert "Build the ledger" not in said


def test_a_check_compares_with_the_landing_before_and_leaves_it(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=MANY)
    land(tmp_path / "extracts", tmp_path / "x.duckdb")
    rows = MANY.splitlines(keepends=True)
    kept = "".join([*rows[:8], rows[8].replace(",12,12,", ",twelve,12,"), *rows[9:390]])
    write_extracts(tmp_path, subscription_lines=kept)
    before = files(tmp_path)
    checked = check(tmp_path / "extracts", tmp_path / "x.duckdb")
    assert files(tmp_path) == before
    landed = land(tmp_path / "extracts", tmp_path / "x.duckdb")
    assert checked.notices == landed.notices
    assert any("last good version" in notice for notice in checked.notices)
    assert checked.lost == landed.lost
    assert [table.rows for table in checked.tables] == [table.rows for table in landed.tables]
    assert checked.database == landed.database
    assert [row["kind"] for row in checked.quarantined] == ["fault"]


def test_a_check_refuses_what_a_landing_refuses_in_the_same_words(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES.replace("1200.50", "abc"))
    before = files(tmp_path)
    said = []
    for does in (check, land):
        with pytest.raises(LandingRefusedError) as refused:
            does(tmp_path / "extracts", tmp_path / "x.duckdb")
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert files(tmp_path) == before
    options = ("--extracts", tmp_path / "extracts", "--database", tmp_path / "x.duckdb")
    assert invoke("land", "--check", *options)[0] == invoke("land", *options)[0] == 1


def test_a_check_of_a_database_that_another_program_has_open_says_so(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    land(tmp_path / "extracts", tmp_path / "x.duckdb")
    script = (
        f"import duckdb; c = duckdb.connect({str(tmp_path / 'x.duckdb')!r}, read_only=True);"
        " print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "open\n"
        with pytest.raises(
            LandingRefusedError, match=r"cannot be opened .* close what has it open"
        ):
            check(tmp_path / "extracts", tmp_path / "x.duckdb")
        reader.communicate("\n")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("select 1")


@pytest.mark.parametrize("column", ["customer_id", "line_id", "subscription_id", "product_id"])
def test_an_address_as_an_id_is_refused_at_landing(column: str, tmp_path: Path) -> None:
    header = HEADER.strip().split(",")
    row = dict(zip(header, BAD.strip().replace("$5", "5").split(","), strict=True))
    row[column] = "kate@example.com"
    write_extracts(tmp_path, subscription_lines=HEADER + ",".join(row.values()) + "\n")
    with pytest.raises(LandingRefusedError) as refused:
        check(tmp_path / "extracts", tmp_path / "x.duckdb")
    said = str(refused.value)
    assert f"column {column}: 'k***@***' is an e-mail address" in said
    assert "kate@example" not in said


def test_a_currency_without_a_rate_is_named_with_the_file_that_gets_it(tmp_path: Path) -> None:
    line = "L7,S7,C7,P1,,2024-01-01,,12,12,1,USD"
    assert line in MANY
    write_extracts(tmp_path, subscription_lines=MANY.replace(line, line.replace("USD", "SEK")))
    with pytest.raises(LandingRefusedError) as refused:
        check(tmp_path / "extracts", tmp_path / "x.duckdb")
    assert str(refused.value).splitlines()[0] == (
        "custom_billing/fx_rates.csv: has no plan rate for SEK, used by 1 row of"
        " custom_billing/subscription_lines (12.00); add a row SEK,,<rate> to fx_rates.csv"
        " (reporting currency USD)."
    )


def test_an_address_as_a_name_is_noticed_at_landing(tmp_path: Path) -> None:
    names = "customer_id,customer_name\nC1,Acme\nC2,kate@example.com\n"
    write_extracts(tmp_path, subscription_lines=MANY, customers=names)
    notice, _ = check(tmp_path / "extracts", tmp_path / "x.duckdb").notices
    assert notice == (
        "custom_billing/customers.csv, column customer_name: 1 value looks like an e-mail address,"
        " the first on line 3; the audit refuses a release with one: write a name instead, or leave"
        " the field empty."
    )
