"""Landing: what arrives is what was in the files, and a second landing replaces the first."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from landing_extracts import CUSTOMERS, LINES, query, write_extracts

from arr_ledger.landing import LandingRefusedError, land
from arr_ledger.landing.checks import find_problems
from arr_ledger.landing.csv_file import stage_csv
from arr_ledger.landing.declared import Column, System, Table
from arr_ledger.landing.files import File
from arr_ledger.landing.folder import Extract


def test_every_row_and_every_declared_type_arrives(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS)
    landing = land(extracts, tmp_path / "x.duckdb")
    assert [(table.name, table.rows) for table in landing.tables] == [
        ("raw_custom_billing.customers", 2),
        ("raw_custom_billing.subscription_lines", 3),
    ]
    load_id = hashlib.sha256(LINES.encode()).hexdigest()[:16]
    assert query(
        tmp_path, "select * from raw_custom_billing.subscription_lines order by line_id"
    ) == [
        (
            *("L1", "S1", "C1", "P1", "pro", date(2024, 1, 1), date(2025, 1, 1)),
            *(Decimal("1200.5000"), Decimal("12.0000"), Decimal("3.0000"), "USD", "recurring"),
            *(None, None, True, load_id, None),
        ),
        (
            *("L2", None, None, "P1", None, date(2024, 2, 29), None),
            *(Decimal("-10.0000"), Decimal("1.0000"), None, "usd", None),
            *("L1", date(2024, 3, 1), None, load_id, None),
        ),
        (
            *("L3", "00123", "29051_00040", "P2", "a, b", date(2024, 1, 1), date(9999, 12, 31)),
            *(Decimal("0.3300"), Decimal("0.5000"), Decimal("1.0000"), "USD", "trial"),
            *(None, None, False, load_id, None),
        ),
    ]
    assert query(
        tmp_path,
        "select data_type from information_schema.columns"
        " where column_name in ('term_amount', 'end_date') order by 1",
    ) == [("DATE",), ("DECIMAL(18,4)",)]


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=b"\xef\xbb\xbf" + LINES.encode())
    assert land(extracts, tmp_path / "x.duckdb").tables[0].rows == 3


def test_windows_line_ends_and_a_missing_last_one_are_accepted(tmp_path: Path) -> None:
    extracts = write_extracts(
        tmp_path, subscription_lines=LINES.rstrip("\n").replace("\n", "\r\n").encode()
    )
    assert land(extracts, tmp_path / "x.duckdb").tables[0].rows == 3


def test_blank_lines_after_the_last_record_are_accepted(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES + "\n\n")
    assert land(extracts, tmp_path / "x.duckdb").tables[0].rows == 3


def test_lines_of_separators_alone_after_the_last_record_are_blank(tmp_path: Path) -> None:
    blank = "," * LINES.split("\n", 1)[0].count(",")
    extracts = write_extracts(tmp_path, subscription_lines=f"{LINES}{blank}\n{blank}\n")
    (table,) = land(extracts, tmp_path / "x.duckdb").tables
    assert (table.rows, table.put_aside) == (3, {})


def test_quoted_text_keeps_newlines_commas_and_quotes(tmp_path: Path) -> None:
    names = ["Acme\nLtd", "Acme\r\nLtd", 'Acme "West", Inc.', "=HYPERLINK(1)", " kept ", "Å\u2028B"]
    quoted = [f'C{n},"{name.replace(chr(34), chr(34) * 2)}"' for n, name in enumerate(names)]
    extracts = write_extracts(
        tmp_path,
        subscription_lines=LINES,
        customers="customer_id,customer_name\n" + "\n".join(quoted) + "\n",
    )
    land(extracts, tmp_path / "x.duckdb")
    found = query(
        tmp_path, "select customer_name from raw_custom_billing.customers order by customer_id"
    )
    assert [name for (name,) in found] == names


def test_a_line_number_counts_the_lines_inside_quoted_text(tmp_path: Path) -> None:
    customers = 'customer_id,customer_name,created_date\nC1,"a\nb\nc",\nC2,,2024-02-30\n'
    extracts = write_extracts(tmp_path, subscription_lines=LINES, customers=customers)
    with pytest.raises(
        LandingRefusedError, match=r"^custom_billing/customers.csv, line 5, column created_date"
    ):
        land(extracts, tmp_path / "x.duckdb")


def test_columns_may_stand_in_any_order_and_undeclared_ones_are_left_out(tmp_path: Path) -> None:
    extracts = write_extracts(
        tmp_path, subscription_lines=LINES, customers="note,Customer_Name,CUSTOMER_ID\nx,Acme,C1\n"
    )
    landing = land(extracts, tmp_path / "x.duckdb")
    assert landing.tables[0].ignored_columns == {"custom_billing/customers.csv": ["note"]}
    assert query(
        tmp_path, "select customer_id, customer_name from raw_custom_billing.customers"
    ) == [("C1", "Acme")]
    assert query(
        tmp_path, "select count(*) from information_schema.columns where column_name = 'note'"
    ) == [(0,)]


def test_parquet_lands_like_csv(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    land(extracts, tmp_path / "x.duckdb")
    before = query(tmp_path, "select * from raw_custom_billing.subscription_lines order by line_id")
    target = extracts / "custom_billing" / "subscription_lines.parquet"
    duckdb.connect(str(tmp_path / "x.duckdb")).execute(
        f"copy raw_custom_billing.subscription_lines to '{target}' (format parquet)"
    )
    (extracts / "custom_billing" / "subscription_lines.csv").unlink()
    land(extracts, tmp_path / "x.duckdb")
    assert (
        query(tmp_path, "select * from raw_custom_billing.subscription_lines order by line_id")
        == before
    )


def test_a_second_landing_replaces_the_first_and_leaves_no_table_of_it(tmp_path: Path) -> None:
    land(
        write_extracts(tmp_path / "first", subscription_lines=LINES, customers=CUSTOMERS),
        tmp_path / "x.duckdb",
    )
    one_line = "\n".join(LINES.splitlines()[:2]) + "\n"
    land(write_extracts(tmp_path / "second", subscription_lines=one_line), tmp_path / "x.duckdb")
    assert query(
        tmp_path,
        "select line_id from raw_custom_billing.subscription_lines where _deleted_date is null",
    ) == [("L1",)]
    assert query(tmp_path, "select table_name from information_schema.tables order by 1") == [
        ("landed_loads",),
        ("landed_rows_gone",),
        ("landed_rows_kept",),
        ("landed_rows_quarantined",),
        ("subscription_lines",),
    ]


def test_a_refused_landing_leaves_the_earlier_one_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "x.duckdb"
    land(
        write_extracts(tmp_path / "first", subscription_lines=LINES, customers=CUSTOMERS),
        database,
    )
    before = database.read_bytes()
    broken = LINES.replace("1200.50", "1.200,50")
    second = write_extracts(
        tmp_path / "second", subscription_lines=broken, customers="customer_id\nC9\n"
    )
    with pytest.raises(LandingRefusedError):
        land(second, database)
    assert database.read_bytes() == before


def test_a_refused_landing_makes_no_database(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines="")
    with pytest.raises(LandingRefusedError):
        land(extracts, tmp_path / "x.duckdb")
    assert not (tmp_path / "x.duckdb").exists()


def test_rates_may_be_landed_alone_and_make_no_billing_system(tmp_path: Path) -> None:
    rates = "currency,month_end,rate\nEUR,,1.10\nEUR,2024-01-31,1.08\nJPY,,0.0067\n"
    landing = land(write_extracts(tmp_path, fx_rates=rates), tmp_path / "x.duckdb")
    assert landing.systems == []
    assert query(tmp_path, "select count(*), sum(rate) from raw_custom_billing.fx_rates") == [
        (3, Decimal("2.18670000"))
    ]


def test_a_table_without_a_key_lands_with_repeated_rows(tmp_path: Path) -> None:
    table = Table("events", (Column("event_id", "text"), Column("amount", "bigint")))
    path = tmp_path / "events.csv"
    path.write_text("event_id,amount\nE1,1\nE1,1\n")
    extract = Extract(System("shop", "raw_shop", {"events": table}), table, path)
    with duckdb.connect() as connection:
        present, _, _ = stage_csv(connection, File(extract, "", path), tmp_path)
        assert find_problems(connection, extract, present) == []


def test_problems_are_listed_up_to_twenty(tmp_path: Path) -> None:
    rows = "".join(f"L{n},C1,P1,2024-01-01,,abc,1,USD\n" for n in range(30))
    header = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
    with pytest.raises(LandingRefusedError) as refused:
        land(write_extracts(tmp_path, subscription_lines=header + rows), tmp_path / "x.duckdb")
    first, count, *listed = str(refused.value).splitlines()
    assert first.startswith(
        "custom_billing/subscription_lines.csv, line 2, column term_amount: 'abc'"
    )
    assert count == (
        "Nothing was changed. 30 of 30 rows of custom_billing/subscription_lines are at fault, more"
        " than the 1.00% that may be quarantined. More than 20 problems; the first 20:"
    )
    assert len(listed) == 20
    assert listed[19].startswith("  custom_billing/subscription_lines.csv, line 21,")


def test_a_hundred_thousand_records_arrive_with_their_sum(tmp_path: Path) -> None:
    header = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
    rows = "".join(f"L{n},C{n % 7},P1,2024-01-01,,{n}.01,1,USD\n" for n in range(100_000))
    land(write_extracts(tmp_path, subscription_lines=header + rows), tmp_path / "x.duckdb")
    assert query(
        tmp_path, "select count(*), sum(term_amount) from raw_custom_billing.subscription_lines"
    ) == [(100_000, Decimal("4999951000.0000"))]


def test_a_folder_of_health_readings_switches_health_on_and_is_no_billing_system(
    tmp_path: Path,
) -> None:
    readings = "customer_id,month,active_users,score\nC1,2024-03-01,7,71.5\nC2,2024-03-01,,\n"
    write_extracts(tmp_path, subscription_lines=LINES)
    extracts = write_extracts(tmp_path, "custom_health", customer_health=readings)
    landing = land(extracts, tmp_path / "x.duckdb")
    assert landing.variables == {
        "use_sample_extracts": False,
        "billing_systems": ["custom_billing"],
        "crm_systems": [],
        "health_systems": ["custom_health"],
        "optional_extracts": [],
    }
    rows = query(tmp_path, "select customer_id, score from raw_custom_health.customer_health")
    assert rows == [("C1", Decimal("71.5000")), ("C2", None)]
