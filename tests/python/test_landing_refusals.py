"""Landing: what is refused, and the exact first line that says so."""

import gzip
from pathlib import Path

import duckdb
import pytest
from landing_extracts import CUSTOMERS, LINES, write_extracts

from arr_ledger.landing import LandingRefusedError, land

GOOD = {
    "line_id": "L1",
    "customer_id": "C1",
    "product_id": "P1",
    "start_date": "2024-01-01",
    "end_date": "",
    "term_amount": "100",
    "term_months": "12",
    "currency": "USD",
    "charge_type": "recurring",
    "quantity": "1",
    "is_contracted_step": "false",
    "notice_date": "",
}
HEADER = ",".join(GOOD) + "\n"
ROW = ",".join(GOOD.values()) + "\n"


def first_line_of_refusal(tmp_path: Path) -> str:
    """Lands the extracts of a test, which must be refused and must leave nothing behind."""
    with pytest.raises(LandingRefusedError) as refused:
        land(tmp_path / "extracts", tmp_path / "x.duckdb")
    assert not (tmp_path / "x.duckdb").exists()
    return str(refused.value).splitlines()[0]


NOT_A_NUMBER = "is not a plain number; write digits and a decimal point only, such as 1234.50."
NOT_A_CODE = "is not a currency code; write the three letters of ISO 4217."
BLANK = "has leading or trailing whitespace; trim it everywhere the id is used."
WRONG_YEAR = "is outside the years 1990 to 2100; check the year"
TYPES = "allowed are recurring, one_time, usage, trial, services."
EMPTY = "is empty; every row needs a value."
VALUES = [
    ("line_id", "", EMPTY),
    ("line_id", " L2", f"' L2' {BLANK}"),
    ("line_id", "L2\u00a0", f"'L2\\xa0' {BLANK}"),
    ("customer_id", "C1 ", f"'C1 ' {BLANK}"),
    ("customer_id", "NULL", "'NULL' is not an id; leave the field empty for no value."),
    ("customer_id", "C\tx", "'C\\tx' has a control character; remove it."),
    ("product_id", "", EMPTY),
    ("start_date", "", EMPTY),
    ("start_date", "31/01/2024", "'31/01/2024' is not a date; write YYYY-MM-DD."),
    ("start_date", "2024-1-1", "'2024-1-1' is not a date; write YYYY-MM-DD."),
    ("start_date", "2024-01-01 00:00", "'2024-01-01 00:00' is not a date; write YYYY-MM-DD."),
    (
        "start_date",
        "2024-02-30",
        "'2024-02-30' is not a date of the calendar; check the day and the time.",
    ),
    ("start_date", "0024-01-01", f"'0024-01-01' {WRONG_YEAR}."),
    ("start_date", "2101-01-01", f"'2101-01-01' {WRONG_YEAR}."),
    ("start_date", "9999-12-31", f"'9999-12-31' {WRONG_YEAR}."),
    ("notice_date", "9999-12-31", f"'9999-12-31' {WRONG_YEAR}; no day is empty."),
    ("end_date", "9999-12-30", f"'9999-12-30' {WRONG_YEAR}; an open end is empty or 9999-12-31."),
    ("end_date", "2023-12-31", "'2023-12-31' is before start_date 2024-01-01; check the two."),
    ("term_amount", "", EMPTY),
    ("term_amount", "abc", f"'abc' {NOT_A_NUMBER}"),
    ("term_amount", '"1,234.50"', f"'1,234.50' {NOT_A_NUMBER}"),
    ("term_amount", '"1.234,50"', f"'1.234,50' {NOT_A_NUMBER}"),
    ("term_amount", "$1234", f"'$1234' {NOT_A_NUMBER}"),
    ("term_amount", "NaN", f"'NaN' {NOT_A_NUMBER}"),
    ("term_amount", "inf", f"'inf' {NOT_A_NUMBER}"),
    ("term_amount", "1e400", f"'1e400' {NOT_A_NUMBER}"),
    ("term_amount", "1E2", f"'1E2' {NOT_A_NUMBER}"),
    ("term_amount", " 5", f"' 5' {NOT_A_NUMBER}"),
    ("term_amount", "N/A", f"'N/A' {NOT_A_NUMBER}"),
    ("term_amount", "\u0665", f"'\u0665' {NOT_A_NUMBER}"),
    (
        "term_amount",
        "33.33333",
        "'33.33333' has more than 4 decimals; round it where it comes from.",
    ),
    (
        "term_amount",
        "1234567890123456789",
        "'1234567890123456789' has more than 14 digits before the decimal point; check the amount.",
    ),
    ("term_months", "0", "'0' is not above 0; write a positive number."),
    ("term_months", "-1", "'-1' is not above 0; write a positive number."),
    ("term_months", "", EMPTY),
    ("quantity", "one", f"'one' {NOT_A_NUMBER}"),
    ("currency", "", EMPTY),
    ("currency", "US", f"'US' {NOT_A_CODE}"),
    ("currency", "$", f"'$' {NOT_A_CODE}"),
    ("charge_type", "setup", f"'setup' is not known; {TYPES}"),
    ("charge_type", "Recurring", f"'Recurring' is not known; {TYPES}"),
    ("is_contracted_step", "yes", "'yes' is neither true nor false; write true or false."),
]


@pytest.mark.parametrize(("column", "text", "expected"), VALUES)
def test_a_bad_value_is_refused_with_its_line_and_column(
    tmp_path: Path, column: str, text: str, expected: str
) -> None:
    bad = ",".join((GOOD | {"line_id": "L2", column: text}).values())
    write_extracts(tmp_path, subscription_lines=HEADER + ROW + bad + "\n")
    where = f"custom_billing/subscription_lines.csv, line 3, column {column}: "
    assert first_line_of_refusal(tmp_path) == where + expected


QUOTE = (
    ": a quote in the record that starts here is not closed, or text follows the closing one;"
    " close it, and write a quote inside quoted text twice."
)
REQUIRED = (
    ": has no header with the declared column names; begin the file with a header; required are"
    " line_id, customer_id, product_id, start_date, end_date, term_amount, term_months, currency."
)
FILES = [
    pytest.param(b"", ": is empty; export it again, with a header.", id="empty"),
    pytest.param("\n\n", ": is empty; export it again, with a header.", id="blank lines only"),
    pytest.param(
        HEADER, ": has a header but no rows; export it again, with its rows.", id="header only"
    ),
    pytest.param(
        b"\xff\xfe" + (HEADER + ROW).encode("utf-16-le"),
        ", line 1: is UTF-16; export the file as UTF-8.",
        id="UTF-16",
    ),
    pytest.param(
        (HEADER + ROW).encode("utf-16-le"),
        ", line 1: holds a NUL byte; export it again as plain text.",
        id="UTF-16 without its mark",
    ),
    pytest.param(
        b"PK\x03\x04\x14\x00\x06\x00",
        ", line 1: is an Excel workbook or a zip file; export it as CSV, in UTF-8.",
        id="Excel workbook",
    ),
    pytest.param(
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        ", line 1: is an old Excel workbook; export it as CSV, in UTF-8.",
        id="old Excel workbook",
    ),
    pytest.param(
        gzip.compress((HEADER + ROW).encode()),
        ", line 1: is compressed by gzip; uncompress it.",
        id="gzip",
    ),
    pytest.param(
        b"PAR1\x15\x04\x15",
        ", line 1: is a Parquet file; call it .parquet.",
        id="Parquet called CSV",
    ),
    pytest.param(
        (HEADER + ROW).encode() + b"L2,C\xa31,P1\n",
        ", line 3: byte 0xa3 is not UTF-8 (byte 5 of the line); export the file as UTF-8.",
        id="Latin-1",
    ),
    pytest.param(
        HEADER + ROW + "L2,C\0,P1\n",
        ", line 3: holds a NUL byte; export it again as plain text.",
        id="NUL byte",
    ),
    pytest.param(ROW, f", line 1{REQUIRED}", id="no header"),
    pytest.param(
        "sep=,\n" + HEADER + ROW,
        ", line 1: has lines before its header, which is line 2; remove them.",
        id="line for a spreadsheet",
    ),
    pytest.param(
        "Subscription lines\n\n" + HEADER + ROW,
        ", line 1: has lines before its header, which is line 3; remove them.",
        id="title",
    ),
    pytest.param(
        HEADER.replace("quantity", "Line_id") + ROW,
        ", line 1, column Line_id: the header names this column twice; keep one of the two.",
        id="duplicated header name",
    ),
    pytest.param(
        HEADER.replace("quantity", " ") + ROW,
        ", line 1: column 10 has no name; name it in the header, or take it out if it is empty.",
        id="nameless column",
    ),
    pytest.param(
        HEADER.replace("customer_id", "custmer_id") + ROW,
        ", line 1, column customer_id: the required column is missing;"
        " similar columns found: custmer_id; add or rename it.",
        id="missing column with a similar one",
    ),
    pytest.param(
        "line_id,start_date\nL1,2024-01-01\n",
        ", line 1, column customer_id: the required column is missing;"
        " columns found: line_id, start_date; add or rename it.",
        id="missing column",
    ),
    pytest.param(
        HEADER.replace("charge_type", "Charge Type") + ROW,
        ", line 1, column charge_type: column 'Charge Type' is not called charge_type; rename it.",
        id="optional column by another spelling",
    ),
    pytest.param(
        (HEADER + ROW).replace(",", ";"),
        ", line 1: columns are separated by a semicolon; separate them by commas.",
        id="semicolons",
    ),
    pytest.param(
        (HEADER + ROW).replace(",", "\t"),
        ", line 1: columns are separated by a tab; separate them by commas.",
        id="tabs",
    ),
    pytest.param(HEADER + ROW.replace("C1", '"C1') + ROW, f", line 2{QUOTE}", id="unclosed quote"),
    pytest.param(
        HEADER + ROW + ROW.replace("C1", '"C"1'),
        f", line 3{QUOTE}",
        id="text after a closing quote",
    ),
    pytest.param(
        HEADER + ROW + "L2,C1,P1,2024-0",
        ", line 3: the file stops in the middle of its last line (field 4 of 12);"
        " copy the file again.",
        id="truncated",
    ),
    pytest.param(
        HEADER + "L2,C1,P1\n" + ROW,
        ", line 2: 3 fields where the header has 12; the first missing is start_date;"
        " write every field, empty ones too.",
        id="missing fields",
    ),
    pytest.param(
        HEADER + ROW.replace("100", "1,234.50"),
        ", line 2: 13 fields where the header has 12; put text that holds commas into double"
        " quotes.",
        id="extra field",
    ),
    pytest.param(HEADER + "\n" + ROW, ", line 2: the line is blank; remove it.", id="blank line"),
    pytest.param(
        (HEADER + ROW).replace("\n", "\r"),
        ", line 1: a carriage return alone ends a line; end lines with LF or CRLF.",
        id="carriage returns alone",
    ),
]


@pytest.mark.parametrize(("content", "expected"), FILES)
def test_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, expected: str
) -> None:
    write_extracts(tmp_path, subscription_lines=content)
    assert first_line_of_refusal(tmp_path) == "custom_billing/subscription_lines.csv" + expected


KNOWN = (
    "known are customers.csv, customer_versions.csv, products.csv, subscription_lines.csv,"
    " fx_rates.csv, billing_cut_overs.csv, post_sale_expenses.csv, or the same as .parquet."
)


def test_both_kinds_of_one_table_are_refused(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    (extracts / "custom_billing" / "subscription_lines.parquet").write_bytes(b"")
    assert first_line_of_refusal(tmp_path) == (
        "custom_billing/subscription_lines.parquet: subscription_lines.csv holds the same table;"
        " keep one of the two."
    )


def test_an_unknown_file_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES, customer=CUSTOMERS)
    assert first_line_of_refusal(tmp_path) == (
        f"custom_billing/customer.csv: is not a known file; did you mean customers.csv? {KNOWN}"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("subscription_lines.csv.gz", "is packed; unpack it."),
        ("subscription_lines.XLSX", "is a workbook; save each table of it as a CSV file."),
        ("subscription_lines/june.csv.zip", "is packed; unpack it."),
    ],
)
def test_what_to_do_with_a_file_of_another_kind_is_said(
    tmp_path: Path, name: str, said: str
) -> None:
    place = write_extracts(tmp_path, customers=CUSTOMERS) / "custom_billing" / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"")
    assert first_line_of_refusal(tmp_path) == f"custom_billing/{name}: {said}"


def test_a_missing_required_table_is_refused(tmp_path: Path) -> None:
    write_extracts(tmp_path, customers=CUSTOMERS)
    assert first_line_of_refusal(tmp_path) == (
        "custom_billing/subscription_lines.csv: is not there, and the system cannot be read"
        " without it; add it (or the same as .parquet)."
    )


def test_an_unknown_system_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    write_extracts(tmp_path, system="custom-billing", subscription_lines=LINES)
    refusal = first_line_of_refusal(tmp_path)
    assert refusal.startswith(
        "custom-billing/: is not a known system; did you mean custom_billing? known are "
    )


def test_a_folder_without_a_system_is_refused(tmp_path: Path) -> None:
    (tmp_path / "extracts").mkdir()
    refusal = first_line_of_refusal(tmp_path)
    assert refusal.startswith(
        f"{tmp_path}/extracts: holds no folder of a known system; put the files into folders called"
    )


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert first_line_of_refusal(tmp_path) == (
        f"{tmp_path}/extracts: is not a folder; name the folder that holds the extracts."
    )


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (
            "EUR,,1.1\neur,,1.2\n",
            "line 3, column currency: 'eur' is already on line 2;",
        ),
        (
            "EUR,2024-01-31,1.1\nEUR,2024-01-31,1.2\n",
            "line 3, column currency: 'EUR, 2024-01-31' ",
        ),
        ("EUR,2024-02-30,1.1\n", "line 2, column month_end: '2024-02-30' is not a date of the"),
        ("EUR,,0\n", "line 2, column rate: '0' is not above 0; write a positive number."),
    ],
)
def test_bad_rates_are_refused(tmp_path: Path, rates: str, expected: str) -> None:
    write_extracts(tmp_path, fx_rates="currency,month_end,rate\n" + rates)
    assert first_line_of_refusal(tmp_path).startswith(f"custom_billing/fx_rates.csv, {expected}")


PARQUET_COLUMNS = {
    "line_id": "'L1'",
    "customer_id": "'C1'",
    "product_id": "'P1'",
    "start_date": "date '2024-01-01'",
    "end_date": "cast(null as integer)",
    "term_amount": "cast(100 as numeric(18, 2))",
    "term_months": "12",
    "currency": "'USD'",
}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("term_amount", "100.5::double", "is DOUBLE, declared numeric(18,4); cast it before"),
        ("term_amount", "'100.5'", "is VARCHAR, declared numeric(18,4); cast it before"),
        ("start_date", "'2024-01-01'", "is VARCHAR, declared date; cast it before you write the"),
        ("start_date", "timestamp '2024-01-01'", "is TIMESTAMP, declared date; cast it before"),
        ("line_id", "17", "is INTEGER, declared text; cast it before you write the file."),
    ],
)
def test_parquet_of_another_type_is_refused(
    tmp_path: Path, column: str, value: str, expected: str
) -> None:
    write_parquet(tmp_path, PARQUET_COLUMNS | {column: value})
    where = f"custom_billing/subscription_lines.parquet, column {column}: "
    assert first_line_of_refusal(tmp_path).startswith(where + expected)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("term_amount", "0.33333", "'0.33333' has more than 4 decimals; round it where it comes"),
        ("start_date", "date '0024-01-01'", "'0024-01-01' is outside the years 1990 to 2100;"),
        ("customer_id", "'C1 '", "'C1 ' has leading or trailing whitespace; trim it"),
        ("product_id", "''", "is empty; every row needs a value."),
    ],
)
def test_a_bad_value_in_parquet_is_refused_with_its_row(
    tmp_path: Path, column: str, value: str, expected: str
) -> None:
    write_parquet(tmp_path, PARQUET_COLUMNS | {column: value})
    where = f"custom_billing/subscription_lines.parquet, row 1, column {column}: "
    assert first_line_of_refusal(tmp_path).startswith(where + expected)


def test_parquet_lands_where_every_type_fits(tmp_path: Path) -> None:
    write_parquet(tmp_path, PARQUET_COLUMNS)
    assert land(tmp_path / "extracts", tmp_path / "x.duckdb").tables[0].rows == 1


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    target = write_extracts(tmp_path) / "custom_billing" / "subscription_lines.parquet"
    target.write_text(LINES)
    assert first_line_of_refusal(tmp_path) == (
        "custom_billing/subscription_lines.parquet: is not a Parquet file that can be read (Invalid"
        " Input Error: No magic bytes found at end of file 'subscription_lines.parquet'); export it"
        " again."
    )


def write_parquet(tmp_path: Path, columns: dict[str, str]) -> None:
    """Writes one subscription line as Parquet, each column by its SQL expression."""
    target = write_extracts(tmp_path) / "custom_billing" / "subscription_lines.parquet"
    selected = ", ".join(f"{value} as {name}" for name, value in columns.items())
    with duckdb.connect() as connection:
        connection.execute(f"copy (select {selected}) to '{target}' (format parquet)")
