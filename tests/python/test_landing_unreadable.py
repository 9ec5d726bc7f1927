"""What cannot be read is refused in one line that says what it is; nothing hangs on it."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from landing_extracts import HEADER, LINES, write_extracts

from arr_ledger.cli import cli
from arr_ledger.landing import LandingRefusedError, land

TABLE = "subscription_lines"
LONG = 4_000_001


def first_line(folder: Path) -> str:
    with pytest.raises(LandingRefusedError) as refused:
        land(folder / "extracts", folder / "x.duckdb")
    assert not (folder / "x.duckdb").exists()
    return str(refused.value).splitlines()[0]


def parquet(folder: Path) -> Path:
    """Ten thousand lines in Parquet."""
    target = write_extracts(folder) / "custom_billing" / f"{TABLE}.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select 'L' || i as line_id, 'C' || hash(i) as customer_id, 'P' as product_id,
                    date '2024-01-01' as start_date, cast(null as date) as end_date,
                    i as term_amount, 12 as term_months, 'USD' as currency
                from range(10000) as numbers(i)
            ) to '{target}' (format parquet)
            """
        )
    return target


def test_a_page_of_parquet_that_is_corrupt_is_refused(tmp_path: Path) -> None:
    target = parquet(tmp_path)
    content = bytearray(target.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = bytes(200)
    target.write_bytes(content)
    assert first_line(tmp_path).startswith(
        f"custom_billing/{TABLE}.parquet: is not a Parquet file that can be read ("
    )


def test_an_encrypted_parquet_file_is_refused(tmp_path: Path) -> None:
    target = parquet(tmp_path)
    # how a file says that its footer is encrypted
    target.write_bytes(target.read_bytes()[:-4] + b"PARE")
    said = first_line(tmp_path)
    assert said.startswith(f"custom_billing/{TABLE}.parquet: is not a Parquet file that can be")
    assert said.endswith("; export it without encryption.")


def a_part(folder: Path) -> bytes:
    parts = write_extracts(folder) / "custom_billing" / TABLE
    parts.mkdir()
    return os.fsencode(parts)


def bytes_in_a_name(folder: Path) -> None:
    Path(os.fsdecode(a_part(folder) + b"/\xff.csv")).write_text(LINES)


def line_end_in_a_name(folder: Path) -> None:
    Path(os.fsdecode(a_part(folder) + b"/a\nb.csv")).write_text(LINES)


def bytes_in_the_name_of_a_system(folder: Path) -> None:
    write_extracts(folder, subscription_lines=LINES)
    Path(os.fsdecode(os.fsencode(folder / "extracts") + b"/\xff")).mkdir()


def a_folder_as_a_file(folder: Path) -> None:
    (write_extracts(folder) / "custom_billing" / f"{TABLE}.csv").mkdir()


def a_pipe(folder: Path) -> None:
    os.mkfifo(write_extracts(folder) / "custom_billing" / f"{TABLE}.csv")


def a_pipe_behind_a_link(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (write_extracts(folder) / "custom_billing" / f"{TABLE}.csv").symlink_to(folder / "pipe")


def a_pipe_as_a_part(folder: Path) -> None:
    os.mkfifo(a_part(folder) + b"/may.csv")


def a_socket(folder: Path) -> None:
    target = write_extracts(folder) / "custom_billing"
    before = Path.cwd()
    os.chdir(target)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"{TABLE}.csv")
    finally:
        os.chdir(before)


def a_link_to_itself(folder: Path) -> None:
    target = write_extracts(folder) / "custom_billing" / f"{TABLE}.csv"
    target.symlink_to(target)


def a_system_that_is_a_link_to_itself(folder: Path) -> None:
    extracts = write_extracts(folder, subscription_lines=LINES)
    (extracts / "salesforce").symlink_to(extracts / "salesforce")


def a_link_to_nothing(folder: Path) -> None:
    extracts = write_extracts(folder, subscription_lines=LINES)
    (extracts / "custom_billing" / "customers.csv").symlink_to(folder / "nothing")


ODD = {
    bytes_in_a_name: r"custom_billing/subscription_lines/\udcff.csv: the name is not plain text in"
    " UTF-8; rename it.",
    line_end_in_a_name: r"custom_billing/subscription_lines/a\nb.csv: the name is not plain text in"
    " UTF-8; rename it.",
    bytes_in_the_name_of_a_system: r"\udcff: the name is not plain text in UTF-8; rename it.",
    a_folder_as_a_file: "custom_billing/subscription_lines.csv: is a folder, and no file; put the"
    " file subscription_lines.csv itself there.",
    a_pipe: "custom_billing/subscription_lines.csv: is a pipe or device, and no file; put the file"
    " subscription_lines.csv itself there.",
    a_pipe_behind_a_link: "custom_billing/subscription_lines.csv: is a pipe or device, and no file;"
    " put the file subscription_lines.csv itself there.",
    a_pipe_as_a_part: "custom_billing/subscription_lines/may.csv: is not a part of a table; keep"
    " nothing but .csv and .parquet files in this folder.",
    a_socket: "custom_billing/subscription_lines.csv: is a pipe or device, and no file; put the"
    " file subscription_lines.csv itself there.",
    a_link_to_itself: "custom_billing/subscription_lines.csv: is a link that leads to no file (Too"
    " many levels of symbolic links); correct or remove the link.",
    a_system_that_is_a_link_to_itself: "salesforce: is a link that leads to no file (Too many"
    " levels of symbolic links); correct or remove the link.",
    a_link_to_nothing: "custom_billing/customers.csv: is a link that leads to no file (No such file"
    " or directory); correct or remove the link.",
}


@pytest.mark.parametrize(
    ("prepare", "expected"), ODD.items(), ids=lambda each: getattr(each, "__name__", "")
)
def test_what_is_no_file_is_refused_by_name(
    tmp_path: Path, prepare: Callable[[Path], None], expected: str
) -> None:
    prepare(tmp_path)
    assert first_line(tmp_path) == expected


def before_opening(monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]) -> None:
    """Something happens to an extract after it was listed and before it is opened."""
    open_as_ever = os.open

    def opened(path: Path, flags: int, *more: int, **others: int) -> int:
        if str(path).endswith(f"{TABLE}.csv"):
            change(Path(path))
        return open_as_ever(path, flags, *more, **others)

    monkeypatch.setattr(os, "open", opened)


def test_a_file_that_goes_between_listing_and_reading_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)

    before_opening(monkeypatch, Path.unlink)
    assert first_line(tmp_path) == (
        "custom_billing/subscription_lines.csv: cannot be read (No such file or directory); run it"
        " again once no other program changes the folder."
    )
    assert extracts.is_dir()


def test_a_file_that_becomes_a_pipe_after_listing_does_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)

    def replace(path: Path) -> None:
        path.unlink()
        os.mkfifo(path)

    before_opening(monkeypatch, replace)
    assert first_line(tmp_path) == (
        "custom_billing/subscription_lines.csv: is no file; put the file itself there."
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            f"L9,{'x' * LONG},C1,P1,pro,2024-01-01,,1,1,1,USD,,,,\n",
            ", line 2, column subscription_id: the field is longer than 4,000,000 characters;"
            " shorten the text, or leave the column out.",
        ),
        (
            'L9,S1,C1,P1,"pro,2024-01-01,,1,1,1,USD,,,,\n'
            + LINES.splitlines(keepends=True)[1] * 70_000,
            ", line 2, column plan_tier: the quoted text that starts here is longer than 4,000,000"
            " characters; its closing quote may be missing; close it, or shorten the text.",
        ),
        (
            f"L9,{'x' * 2_500_000},C1,P1,{'y' * 2_500_000},2024-01-01,,1,1,1,USD,,,,\n",
            ", line 2: the record is longer than 4,000,000 characters; shorten the text, or leave"
            " the column out.",
        ),
    ],
    ids=["a field", "a quote that is not closed", "a record"],
)
def test_a_text_that_is_too_long_is_named_with_line_and_column(
    tmp_path: Path, row: str, expected: str
) -> None:
    write_extracts(tmp_path, subscription_lines=HEADER + row)
    assert first_line(tmp_path) == f"custom_billing/{TABLE}.csv{expected}"


@pytest.mark.parametrize("letter", ["é", "\U0001f600", '""'])
def test_a_record_as_long_as_may_be_lands_whole(tmp_path: Path, letter: str) -> None:
    text = letter * 3_999_000
    row = f'L9,"{text}",C1,P1,pro,2024-01-01,,1,1,1,USD,,,,\n'
    extracts = write_extracts(tmp_path, subscription_lines=HEADER + row)
    land(extracts, tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        (length,) = connection.execute(
            "select length(subscription_id) from raw_custom_billing.subscription_lines"
        ).fetchone()
    assert length == 3_999_000


@pytest.mark.parametrize(
    "command",
    [
        ["quarantine", "--database"],
        ["summary", "--database"],
        ["explain", "--month", "2025-01", "--metric", "ending_arr", "--database"],
        ["close", "--month", "2025-01", "--closings", "extracts", "--database"],
        ["land", "--extracts", "extracts", "--database"],
    ],
    ids=lambda command: command[0],
)
def test_a_file_that_is_no_database_is_named_in_one_line(
    tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_extracts(tmp_path, subscription_lines=LINES)
    for content in (b"this is no database\n" * 400, b""):
        (tmp_path / "x.duckdb").write_bytes(content)
        result = CliRunner().invoke(cli, [*command, "x.duckdb"])
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.output.startswith("Error: ")
        assert "x.duckdb" in result.output.splitlines()[0]


def test_a_full_disk_at_landing_is_one_line(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES * 40)
    limited = subprocess.run(
        "ulimit -f 1; exec .venv/bin/arr-ledger land --extracts "
        f"{tmp_path}/extracts --database {tmp_path}/x.duckdb",
        shell=True, check=False, capture_output=True, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert limited.returncode == 1
    assert limited.stderr.startswith("Error: ")
    assert "the disk is full (File too large)" in limited.stderr.splitlines()[0]
    assert "Traceback" not in limited.stderr
