"""Keys that go missing in one landing are said that day, and a release that lost much is held."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from landing_extracts import write_extracts

from arr_ledger.cli import cli
from arr_ledger.landing import Landing, Limits, land
from arr_ledger.landing.lost import Lost, too_many_lost
from arr_ledger.refresh import RefreshRefusedError, Request, refresh, steps
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.landed import keep_landing
from arr_ledger.refresh.lost import lost_arr
from arr_ledger.refresh.progress import Progress

HEADER = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"


def lines(*numbers: int, prefix: str = "L") -> str:
    return HEADER + "".join(f"{prefix}{n},C{n},P,2024-01-01,,1200,12,USD\n" for n in numbers)


def land_lines(folder: Path, content: str, most: str = "0.02") -> Landing:
    extracts = write_extracts(folder, subscription_lines=content)
    return land(extracts, folder / "x.duckdb", limits=Limits(lost=Decimal(most)))


@pytest.mark.parametrize(
    ("keys", "of", "is_said"),
    [
        # of a small table a few keys are always borne, whatever their share is
        (1, 10, False),
        (5, 10, False),
        (6, 10, True),
        (7, 40, True),
        (6, 300, False),
        (7, 300, True),
        (38, 200, True),
        (0, 0, False),
    ],
)
def test_more_than_a_few_keys_and_a_fiftieth_of_a_table_are_said(
    keys: int, of: int, *, is_said: bool
) -> None:
    found = too_many_lost([Lost("stripe/customer", keys, of)], Decimal("0.02"))
    assert found == is_said * [
        f"stripe/customer: {keys} of {of} keys of the last landing are missing, more than 2.00%"
    ]


def test_an_upload_that_broke_off_at_the_end_of_a_line_is_said_by_the_landing(
    tmp_path: Path,
) -> None:
    assert land_lines(tmp_path, lines(*range(40))).lost == []
    assert land_lines(tmp_path, lines(*range(33))).lost == [
        "custom_billing/subscription_lines: 7 of 40 keys of the last landing are missing, more"
        " than 2.00% (the first: L33, L34, L35)"
    ]
    assert land_lines(tmp_path, lines(*range(33))).lost == []
    assert land_lines(tmp_path, lines(*range(20)), most="0.5").lost == []
    # what was missing before is not missed again
    assert land_lines(tmp_path, lines(*range(14))).lost == [
        "custom_billing/subscription_lines: 6 of 20 keys of the last landing are missing, more"
        " than 2.00% (the first: L14, L15, L16)"
    ]


def test_a_faulty_row_and_a_changed_one_are_not_missing(tmp_path: Path) -> None:
    land_lines(tmp_path, lines(*range(40)))
    changed = lines(*range(40)).replace("2024-01-01,,1200", "2024-01-01,,600")
    assert land_lines(tmp_path, changed).lost == []
    wide = Limits(Decimal(1), Decimal(1))
    faulty = lines(*range(30)) + lines(*range(30, 40)).replace(HEADER, "").replace("USD", "US")
    extracts = write_extracts(tmp_path, subscription_lines=faulty)
    assert land(extracts, tmp_path / "x.duckdb", limits=wide).lost == []


WITH_SEATS = (
    "line_id,subscription_id,customer_id,product_id,start_date,end_date,term_amount,term_months,"
    "quantity,currency,notice_date\n"
)


def seats(*numbers: int, end: str = "2026-01-01", notice: str = "") -> str:
    row = "L{0},S{0},C{0},P,2024-01-01,{1},1200,12,5,USD,{2}\n"
    return WITH_SEATS + "".join(row.format(n, end, notice) for n in numbers)


def test_an_optional_column_that_had_values_and_is_missing_is_said_with_its_new_name(
    tmp_path: Path,
) -> None:
    """Seats called qty count as one seat a line, without a word."""
    land_lines(tmp_path, seats(*range(4)))
    renamed = seats(*range(4)).replace("quantity", "qty")
    assert land_lines(tmp_path, renamed).lost == [
        "custom_billing/subscription_lines: column quantity is missing (not declared: qty); it had"
        " 4 values in the last landing"
    ]
    # said once, and not of a column that never had a value
    assert land_lines(tmp_path, renamed + "\n").lost == []


def test_a_column_that_is_empty_all_at_once_is_said(tmp_path: Path) -> None:
    """Ends that an export leaves out bring every contract back that has ended."""
    land_lines(tmp_path, seats(*range(8)))
    assert land_lines(tmp_path, seats(*range(8), end="")).lost == [
        "custom_billing/subscription_lines: column end_date is empty in every row; it had 8 values"
        " in the last landing"
    ]
    # a few notices may well be withdrawn
    land_lines(tmp_path, seats(*range(5), end="", notice="2025-05-01"))
    assert land_lines(tmp_path, seats(*range(5), end="")).lost == []


def test_a_column_of_rows_that_are_all_missing_is_not_said_as_well(tmp_path: Path) -> None:
    land_lines(tmp_path, seats(*range(8)))
    (said,) = land_lines(tmp_path, lines(*range(20, 30))).lost
    assert "8 of 8 keys" in said


def test_an_older_file_that_is_back_is_said(tmp_path: Path) -> None:
    land_lines(tmp_path, lines(1, 2, 3))
    land_lines(tmp_path, lines(1, 2, 3, 4))
    (said,) = land_lines(tmp_path, lines(1, 2, 3)).lost
    assert said.startswith(
        "custom_billing/subscription_lines: holds the same bytes as landing 1 of 20"
    )
    assert said.endswith("as if an older file came back; bring the newest one")
    # the same again is no older file
    assert land_lines(tmp_path, lines(1, 2, 3)).lost == []


def test_rates_kept_by_hand_may_be_put_back(tmp_path: Path) -> None:
    for rate in ("1.1", "1.2", "1.1"):
        rates = f"currency,month_end,rate\nEUR,,{rate}\n"
        extracts = write_extracts(tmp_path, subscription_lines=lines(1), fx_rates=rates)
        assert land(extracts, tmp_path / "x.duckdb").lost == []


def test_an_id_of_a_line_that_is_used_again_is_said(tmp_path: Path) -> None:
    """The first customer would lose its history, as if it never had been one."""
    land_lines(tmp_path, seats(1, 2))
    again = seats(1) + "L2,S9,C9,P,2025-03-01,,600,12,1,USD,\n"
    assert land_lines(tmp_path, again).lost == [
        "custom_billing/subscription_lines: 1 id of a line is used again for another customer,"
        " which takes the history of the first line away: L2, of C2 from 2024-01-01, is now of C9"
        " from 2025-03-01; give a new line an id of its own"
    ]


def test_a_line_that_changes_hands_is_not_used_again(tmp_path: Path) -> None:
    land_lines(tmp_path, seats(1, 2))
    assert land_lines(tmp_path, seats(1, 2).replace(",C2,", ",C1,")).lost == []


def test_a_newest_part_without_a_column_of_older_parts_is_a_notice(tmp_path: Path) -> None:
    parts = tmp_path / "extracts" / "custom_billing" / "subscription_lines"
    parts.mkdir(parents=True)
    (parts / "2025-01.csv").write_text(seats(1))
    (parts / "2025-02.csv").write_text(lines(2))
    notices = land(tmp_path / "extracts", tmp_path / "x.duckdb").notices
    assert (
        "custom_billing/subscription_lines/2025-02.csv: has no columns subscription_id, quantity,"
        " notice_date, unlike older parts of the table; its rows land without a value there."
    ) in notices
    # a column that the newest part adds is none
    (parts / "2025-03.csv").write_text(seats(3))
    assert land(tmp_path / "extracts", tmp_path / "x.duckdb").notices == []


RATES = "currency,month_end,rate\n"


def land_rates(folder: Path, rates: str) -> Landing:
    extracts = write_extracts(folder, subscription_lines=lines(1), fx_rates=RATES + rates)
    return land(extracts, folder / "x.duckdb")


def test_a_rate_that_is_inverted_in_a_correction_is_said(tmp_path: Path) -> None:
    """Of a currency with a small part of ARR nothing moves by a tenth."""
    land_rates(tmp_path, "GBP,,1.30\nEUR,,1.10\nJPY,2025-01-31,0.0067\n")
    assert land_rates(tmp_path, "GBP,,0.77\nEUR,,1.15\nJPY,2025-01-31,149\n").lost == [
        "custom_billing/fx_rates: the rate of GBP went from 1.30000000 to 0.77000000 (and 1 more"
        " rates); check that it is not inverted"
    ]


def test_a_rate_far_from_that_of_the_month_before_is_a_notice_once(tmp_path: Path) -> None:
    """It may be what the currency did."""
    january = "GBP,2025-01-31,1.30\n"
    assert land_rates(tmp_path, january).notices == []
    for notices in (
        [
            "custom_billing/fx_rates.csv: the rate of GBP of 2025-02-28 went within a month from"
            " 1.30000000 to 0.77000000; check that it is not inverted."
        ],
        [],
    ):
        landing = land_rates(tmp_path, f"{january}GBP,2025-02-28,0.77\n")
        assert (landing.notices, landing.lost) == (notices, [])


def test_lines_worth_twelve_or_a_hundred_times_what_they_were_are_a_notice(tmp_path: Path) -> None:
    land_lines(tmp_path, lines(1, 2, 3))
    leaping = lines(1, 2, 3).replace("L1,C1,P,2024-01-01,,1200,12", "L1,C1,P,2024-01-01,,1200,1")
    leaping = leaping.replace("L2,C2,P,2024-01-01,,1200,12", "L2,C2,P,2024-01-01,,12,12")
    leaping = leaping.replace("L3,C3,P,2024-01-01,,1200,12", "L3,C3,P,2024-01-01,,2400,12")
    assert land_lines(tmp_path, leaping).notices == [
        "custom_billing/subscription_lines.csv: 2 lines are worth 12, 100 or 1,000 times as"
        " much as before, or a part of it: L1, 1,200.00 USD a year, now 14,400.00 (the largest);"
        " check term_amount and term_months."
    ]


def test_a_table_that_no_longer_comes_is_missing_whole(tmp_path: Path) -> None:
    ids = "customer_id\n" + "".join(f"C{n}\n" for n in range(10))
    extracts = write_extracts(tmp_path, subscription_lines=lines(1), customers=ids)
    land(extracts, tmp_path / "x.duckdb")
    (extracts / "custom_billing" / "customers.csv").unlink()
    assert land(extracts, tmp_path / "x.duckdb").lost == [
        "custom_billing/customers: 10 of 10 keys of the last landing are missing, more than 2.00%"
        " (the first: C0, C1, C2)"
    ]


def test_landing_alone_says_it_as_a_notice(tmp_path: Path) -> None:
    land_lines(tmp_path, lines(*range(40)))
    extracts = write_extracts(tmp_path, subscription_lines=lines(*range(33)))
    command = ["land", "--extracts", f"{extracts}", "--database", f"{tmp_path}/x.duckdb"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0
    assert (
        "Notice: custom_billing/subscription_lines: 7 of 40 keys of the last landing are missing,"
        " more than 2.00% (the first: L33, L34, L35); check the files." in result.output
    )


def served_with(folder: Path, system: str, **arr: str) -> Path:
    """A release in which each line has this ARR."""
    path = folder / "served.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema marts; create table marts.fct_arr_postings (source_system varchar,"
            " source_row_id varchar, subscription_id varchar, arr_change decimal(18, 2))"
        )
        for row_id, amount in arr.items():
            for change in (Decimal(amount) * 2, -Decimal(amount)):  # a price that was halved
                connection.execute(
                    "insert into marts.fct_arr_postings values (?, ?, ?, ?)",
                    [system, row_id, f"S{row_id}", change],
                )
    return path


def two_landings(folder: Path, system: str, first: dict, second: dict) -> tuple[Path, Path]:
    """The databases of two landings, one after the other."""
    databases = []
    for name, tables in (("before", first), ("after", second)):
        for left_over in folder.glob(f"extracts/{system}/*"):
            left_over.unlink()
        extracts = write_extracts(folder, system, **tables)
        database = folder / f"{name}.duckdb"
        if databases:
            database.write_bytes(databases[0].read_bytes())
        land(extracts, database)
        databases.append(database)
    return databases[0], databases[1]


def test_arr_of_rows_that_are_missing_is_named_above_its_share(tmp_path: Path) -> None:
    served = served_with(tmp_path, "custom_billing", L1="99.50", L2="0.30", L3="0.20", L4="0.00")
    before, after = two_landings(
        tmp_path,
        "custom_billing",
        {"subscription_lines": lines(1, 2, 3, 4)},
        {"subscription_lines": lines(1)},
    )
    assert lost_arr(served, before, after, Decimal("0.005")) == []
    assert lost_arr(served, before, after, Decimal("0.004")) == [
        "rows that are missing from this landing carry 0.50 of the 100.00 of ARR that is served,"
        " more than 0.40%: custom_billing L2, custom_billing L3"
    ]
    assert lost_arr(tmp_path / "none.duckdb", before, after, Decimal(0)) == []


def test_a_line_that_was_entered_anew_is_not_missing(tmp_path: Path) -> None:
    served = served_with(tmp_path, "custom_billing", L1="50", L2="50")
    before, after = two_landings(
        tmp_path,
        "custom_billing",
        {"subscription_lines": lines(1, 2)},
        {"subscription_lines": lines(1) + lines(2, prefix="N").replace(HEADER, "")},
    )
    assert lost_arr(served, before, after, Decimal(0)) == []


def test_a_line_missed_before_is_not_missed_again(tmp_path: Path) -> None:
    served = served_with(tmp_path, "custom_billing", L1="50", L2="50")
    both, one = {"subscription_lines": lines(1, 2)}, {"subscription_lines": lines(1)}
    _, after = two_landings(tmp_path, "custom_billing", both, one)
    assert lost_arr(served, after, after, Decimal(0)) == []


SUBSCRIPTIONS = "id,customer_id,status,created\nSA,C,active,2024-01-01\nSB,C,active,2024-01-01\n"
ITEMS = "id,subscription_id\nA,SA\nB,SB\n"


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"subscription": SUBSCRIPTIONS.replace("SB,C,active,2024-01-01\n", "")}, "stripe B"),
        (
            {
                "subscription": SUBSCRIPTIONS.replace("SB,C,active,2024-01-01\n", ""),
                "subscription_item": ITEMS.replace("B,SB\n", ""),
            },
            "stripe B",
        ),
        ({"subscription_item": ITEMS.replace("B,SB\n", "")}, "stripe B"),
    ],
)
def test_a_subscription_or_an_item_of_stripe_that_is_missing_loses_its_arr(
    tmp_path: Path, missing: dict[str, str], sentence: str
) -> None:
    served = served_with(tmp_path, "stripe", A="60", B="40")
    whole = {"customer": "id\nC\n", "subscription": SUBSCRIPTIONS, "subscription_item": ITEMS}
    before, after = two_landings(tmp_path, "stripe", whole, whole | missing)
    assert lost_arr(served, before, after, Decimal("0.005")) == [
        "rows that are missing from this landing carry 40.00 of the 100.00 of ARR that is served,"
        f" more than 0.50%: {sentence}"
    ]
    assert lost_arr(served, before, before, Decimal(0)) == []


def landed_and_served(folder: Path) -> Folders:
    """What a refresh starts from: a landing of three lines and a release in which they have ARR."""
    folders = Folders(folder / "out")
    folders.prepare()
    folders.work.mkdir()
    extracts = write_extracts(folder, subscription_lines=lines(1, 2, 3))
    land(extracts, folders.private)
    keep_landing("R1", folders)
    served_with(folder, "custom_billing", L1="99", L2="1", L3="0.5").rename(folders.served)
    with duckdb.connect(str(folders.served)) as connection:
        connection.execute("create table marts._release as select 'R1' as release_id")
    return folders


def said_by_refresh(folders: Folders, folder: Path, **options: str) -> list[str]:
    request = Request(folder / "extracts", folders.out, **options)
    with pytest.raises(RefreshRefusedError) as refused:
        refresh(request, Progress(is_silent=True))
    return str(refused.value).splitlines()


def test_a_refresh_that_lost_a_line_is_held_that_day_until_somebody_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = landed_and_served(tmp_path)
    write_extracts(tmp_path, subscription_lines=lines(1, 3))
    first, last = said_by_refresh(folders, tmp_path)
    assert first == (
        "blocked: raw_custom_billing.subscription_lines fell from 3 to 2 rows; rows that are"
        " missing from this landing carry 1.00 of the 100.50 of ARR that is served, more than"
        " 0.50%: custom_billing L2. If that is right, run it again with --accept 'why it is right'."
    )
    assert last == "Still served: release R1."

    def reached(*_: object) -> None:
        raise RefreshRefusedError("the build was reached")

    monkeypatch.setattr(steps, "code_sha256", reached)
    first, _ = said_by_refresh(folders, tmp_path, accepted_reason="the contract was never signed")
    assert first == "the build was reached"


def test_a_landing_of_the_last_refresh_that_is_damaged_is_named(tmp_path: Path) -> None:
    folders = landed_and_served(tmp_path)
    folders.landing("R1").write_bytes(b"no database" * 500)
    folders.hashes("R1").unlink()  # as of an earlier version
    said = said_by_refresh(folders, tmp_path)
    assert said[0].startswith(f"{folders.landing('R1')}: cannot be read (IO Error: The file")
    assert said[-1] == "Still served: release R1."


def test_a_landing_that_was_changed_is_refused(tmp_path: Path) -> None:
    folders = landed_and_served(tmp_path)
    with duckdb.connect(str(folders.landing("R1"))) as connection:
        connection.execute("delete from raw_custom_billing.subscription_lines")
    said = said_by_refresh(folders, tmp_path)
    assert said[0].startswith(f"{folders.landing('R1')}: is not as the refresh left it; bring it")


def test_a_refresh_whose_last_landing_is_gone_is_held_back(tmp_path: Path) -> None:
    folders = landed_and_served(tmp_path)
    folders.landing("R1").unlink()
    said = said_by_refresh(folders, tmp_path)
    assert said[0].startswith(
        f"blocked: {folders.landing('R1')}, the landing of the served release, is not there:"
    )
