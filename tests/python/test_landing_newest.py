"""Faulty rows count by the newest state of their keys, and no older state stands in for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from landing_extracts import query, write_extracts

from arr_ledger.landing import Landing, LandingRefusedError, Limits, land
from arr_ledger.landing.declared import declared_systems

HEADER = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
LINES = "select line_id, term_amount::integer from raw_custom_billing.subscription_lines order by 1"
QUARANTINE = """
    select file_name, record_line, kind, reasons
    from raw_custom_billing.landed_rows_quarantined order by all
"""


def line(number: int, amount: str = "1200") -> str:
    return f"L{number},C{number},P,2024-01-01,,{amount},12,USD\n"


def land_parts(folder: Path, limits: Limits | None = None, **parts: str) -> Landing:
    """Lands these parts and no others as subscription lines."""
    target = write_extracts(folder) / "custom_billing" / "subscription_lines"
    target.mkdir(exist_ok=True)
    for left_over in target.iterdir():
        left_over.unlink()
    for name, rows in parts.items():
        (target / f"{name}.csv").write_text(HEADER + rows)
    return land(folder / "extracts", folder / "x.duckdb", date(2025, 5, 1), limits)


def refusal(folder: Path, limits: Limits | None = None, **parts: str) -> str:
    with pytest.raises(LandingRefusedError) as refused:
        land_parts(folder, limits, **parts)
    assert not (folder / "x.duckdb").exists()
    return str(refused.value).splitlines()[1]


GOOD = "".join(line(number) for number in range(200))
MOST_FAULTY = "".join(line(number, "x" if number < 120 else "1200") for number in range(200))


def snapshots(**others: str) -> dict[str, str]:
    """Sixty months of the same 200 lines, each part with bytes of its own."""
    return {f"m{month:02}": GOOD + line(1000 + month) for month in range(60)} | others


def test_parts_that_overlap_do_not_make_the_share_of_faulty_rows_smaller(tmp_path: Path) -> None:
    said = refusal(tmp_path, Limits(value=Decimal(1)), **snapshots(z=MOST_FAULTY))
    assert said.startswith(
        "Nothing was changed. 120 of 260 rows of custom_billing/subscription_lines are at fault"
    )


def test_parts_that_overlap_do_not_make_the_share_of_faulty_value_smaller(tmp_path: Path) -> None:
    """One line of 260 is under 1 % of the rows; at 12,000 a year it is 3.72 % of the value."""
    dear = snapshots(z=line(0, "12000").replace("2024-01-01", "2024-02-30"))
    said = refusal(tmp_path, **dear)
    assert "are worth 3.72% of a year's recurring amounts" in said


def test_the_same_fault_in_many_parts_is_one(tmp_path: Path) -> None:
    faulty = {f"m{month}": line(0, "x") + line(month) for month in range(1, 60)}
    land_parts(tmp_path, Limits(Decimal("0.017"), Decimal(1)), **faulty)
    assert len(query(tmp_path, LINES)) == 59
    other = tmp_path / "other"
    other.mkdir()
    unreadable = {name: rows.replace("L0,C0", ",C0") for name, rows in faulty.items()}
    land_parts(other, Limits(Decimal("0.017"), Decimal(1)), **unreadable)
    assert len(query(other, LINES)) == 59


def test_a_fault_that_a_newer_part_mends_counts_no_more(tmp_path: Path) -> None:
    landing = land_parts(tmp_path, a=MOST_FAULTY, b=GOOD)
    assert len(query(tmp_path, LINES)) == 200
    assert landing.tables[0].put_aside == {"fault": 120, "repeated": 80}


def test_an_older_version_does_not_land_in_place_of_a_faulty_one(tmp_path: Path) -> None:
    others = "".join(line(number) for number in range(1, 300))
    landing = land_parts(tmp_path, a=line(0) + others, b=line(0, "x"))
    assert [key for key, _ in query(tmp_path, LINES) if key == "L0"] == []
    assert [row for row in query(tmp_path, QUARANTINE) if row[2] == "superseded"] == [
        (
            *("subscription_lines/a.csv", 2, "superseded"),
            "line 2 of subscription_lines/b.csv has the same key, is not older and is at fault",
        )
    ]
    assert landing.tables[0].rows_read == 301
    assert landing.tables[0].rows == 299


def test_the_version_that_landed_before_stays_and_not_an_older_one(tmp_path: Path) -> None:
    others = "".join(line(number) for number in range(1, 300))
    land_parts(tmp_path, a=line(0, "100") + others, b=line(0, "300"))
    land_parts(tmp_path, a=line(0, "100") + others, b=line(0, "300"), c=line(0, "x"))
    assert query(tmp_path, LINES)[0] == ("L0", 300)
    assert query(tmp_path, "select row_key from raw_custom_billing.landed_rows_kept") == [("L0",)]
    land_parts(tmp_path, a=line(0, "100") + others, c=line(0, "x"))
    assert query(tmp_path, LINES)[0] == ("L0", 300)
    land_parts(tmp_path, a=line(0, "100") + others, c=line(0, "x"), d=line(0, "400"))
    assert query(tmp_path, LINES)[0] == ("L0", 400)


def test_of_a_good_and_a_faulty_row_of_one_file_neither_lands(tmp_path: Path) -> None:
    others = "".join(line(number) for number in range(1, 300))
    land_parts(tmp_path, a=line(0) + others + line(0, "x"))
    assert [key for key, _ in query(tmp_path, LINES) if key == "L0"] == []


STRIPE = {
    "customer": "id\nC\n",
    "subscription_item": "id,subscription_id\nI,S0\n",
}


def land_stripe(folder: Path, table: str, limits: Limits | None = None, **parts: str) -> Landing:
    """Lands parts of one table of Stripe beside the smallest others."""
    target = write_extracts(folder, "stripe", **STRIPE) / "stripe" / table
    target.mkdir(exist_ok=True)
    for left_over in target.iterdir():
        left_over.unlink()
    for name, content in parts.items():
        (target / f"{name}.csv").write_text(content)
    return land(folder / "extracts", folder / "x.duckdb", date(2025, 5, 1), limits)


def subscriptions(*rows: str) -> str:
    header = "id,customer_id,status,created,_fivetran_synced"
    return "".join(f"{row}\n" for row in (header, *rows))


ANY = Limits(Decimal(1), Decimal(1))


@pytest.mark.parametrize(
    ("faulty", "landed"),
    [
        # when it was written is faulty itself: it may be the newest
        ("S0,C,canceled,2024-01-01,x", []),
        # later than the good version, by the column and not by the name of its part
        ("S0,C,canceled,x,2025-03-01", []),
        # at the same instant the name of the part decides
        ("S0,C,canceled,x,2025-02-01", ["active"]),
        # earlier
        ("S0,C,canceled,x,2025-01-01", ["active"]),
        # without a version it is older than every version
        ("S0,C,canceled,x,", ["active"]),
        # a record that is too short says nothing of its version
        ("S0,C,canceled", []),
    ],
)
def test_which_of_a_good_and_a_faulty_version_is_the_newest(
    tmp_path: Path, faulty: str, landed: list[str]
) -> None:
    good = subscriptions(*(f"S{n},C,active,2024-01-01,2025-02-01" for n in range(2)))
    land_stripe(tmp_path, "subscription", ANY, a=subscriptions(faulty), b=good)
    found = query(tmp_path, "select status from raw_stripe.subscription where id = 'S0'")
    assert [status for (status,) in found] == landed


def test_parts_of_a_table_without_a_key_do_not_make_its_share_smaller(tmp_path: Path) -> None:
    """200 events in sixty parts; 10 of them faulty in the newest."""
    header = "event_timestamp,subscription_id,customer_id,currency,mrr_change\n"
    events = [f"2025-01-01,s{number},c,usd,5\n" for number in range(200)]
    parts = {
        f"m{n:02}": header + "".join([*events, f"2025-02-01,n{n},c,usd,5\n"]) for n in range(60)
    }
    faulty = [event.replace("usd", "us") for event in events[:10]]
    parts["z"] = header + "".join([*faulty, *events[10:]])
    subscription = subscriptions("S0,C,active,2024-01-01,2025-02-01")
    write_extracts(tmp_path, "stripe", subscription=subscription)
    with pytest.raises(
        LandingRefusedError, match="10 of 270 rows of stripe/subscription_item_change"
    ):
        land_stripe(tmp_path, "subscription_item_change_events", **parts)


def test_versions_of_a_record_do_not_make_the_share_of_faulty_ones_smaller(tmp_path: Path) -> None:
    """3 of 603 versions are at fault, and 3 of 10 records in their newest."""
    header = "id,customer_id,status,created,_fivetran_start\n"
    old = "".join(
        f"S{number},C,active,2024-01-01,{2020 + month // 12}-{month % 12 + 1:02}-01\n"
        for number in range(10)
        for month in range(60)
    )
    new = "".join(f"S{number},C,active,x,2026-01-01\n" for number in range(3))
    with pytest.raises(LandingRefusedError) as refused:
        land_stripe(tmp_path, "subscription_history", a=header + old, b=header + new)
    said = str(refused.value)
    assert "3 of 10 newest versions of stripe/subscription_history are at fault, more than" in said
    older = new.replace("2026-01-01", "2019-01-01")
    land_stripe(tmp_path, "subscription_history", a=header + old, b=header + older)
    assert query(tmp_path, "select count(*) from raw_stripe.subscription_history") == [(600,)]


def test_a_part_that_takes_a_change_back_speaks(tmp_path: Path) -> None:
    """The third part has the bytes of the first: what it says is what counts."""
    landing = land_parts(tmp_path, a=line(0), b=line(0, "5"), c=line(0))
    assert query(tmp_path, LINES) == [("L0", 1200)]
    assert landing.notices[0] == (
        "custom_billing/subscription_lines/c.csv: holds the same bytes as subscription_lines/a.csv;"
        " it was read once, here."
    )


def test_every_table_of_a_loader_says_when_a_row_was_written() -> None:
    """Staging takes the newest version by this column; where it is left out a name would decide."""
    undated = [
        f"{system}.{table.name}"
        for system in ("stripe", "salesforce")
        for table in declared_systems()[system].tables.values()
        if table.keys and not any(column.orders_versions for column in table.columns)
    ]
    assert undated == []


def versions(column: str, value: int, written: str) -> str:
    return f"id,{column},_fivetran_synced\nx1,{value},{written}\n"


def test_the_version_written_last_lands_whatever_its_part_is_called(tmp_path: Path) -> None:
    newer, older = (20, "2025-02-01"), (100, "2025-01-01")
    opportunities = write_extracts(tmp_path, "salesforce", account="id\na1\n")
    opportunities = opportunities / "salesforce" / "opportunity"
    opportunities.mkdir()
    for name, state in (("a", newer), ("b", older)):
        (opportunities / f"{name}.csv").write_text(versions("probability", *state))
    parts = {name: versions("percent_off", *each) for name, each in (("a", newer), ("b", older))}
    landing = land_stripe(tmp_path, "coupon", **parts)
    of_tables = ("raw_stripe.coupon", "percent_off"), ("raw_salesforce.opportunity", "probability")
    for table, column in of_tables:
        assert query(tmp_path, f"select id, {column}::integer from {table}") == [("x1", 20)]
    assert sum(each.put_aside.get("superseded", 0) for each in landing.tables) == 2
