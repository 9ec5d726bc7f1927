"""Landing: texts of each declared type, accepted with their value or refused."""

from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from arr_ledger.landing.checks import column_faults, typed
from arr_ledger.landing.declared import Column


def landed(text: str, data_type: str) -> object:
    """The value a text lands as, or the wording of its first fault."""
    column = Column("value", data_type)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/New_York'")
        connection.execute("create table texts as select ? as value", [text])
        for fault in column_faults(column):
            if connection.execute(f"select {fault.condition} from texts").fetchone() == (True,):
                return fault.what
        return connection.execute(f"select {typed(column)} from texts").fetchone()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29 23:30:00", datetime(2024, 2, 29, 23, 30)),
        ("2024-02-29T23:30:00Z", datetime(2024, 2, 29, 23, 30)),
        ("2024-02-29T23:30:00.123456Z", datetime(2024, 2, 29, 23, 30, 0, 123456)),
        ("2024-02-29 23:30:00.5 UTC", datetime(2024, 2, 29, 23, 30, 0, 500000)),
        ("2024-02-29 23:30:00+00:00", datetime(2024, 2, 29, 23, 30)),
        ("2024-02-29 23:30:00+00", datetime(2024, 2, 29, 23, 30)),
        ("2024-02-29 23:30", datetime(2024, 2, 29, 23, 30)),
        ("2024-02-29", datetime(2024, 2, 29)),
        ("9999-12-31 23:59:59.999", datetime(9999, 12, 31, 23, 59, 59, 999000)),
        ("9999-08-13 16:00:00", datetime(9999, 8, 13, 16, 0)),
        ("2101-01-01 00:00:00", "is outside the years 1990 to 2100"),
        ("2024-02-29 23:30:00+02:00", "is not a UTC timestamp"),
        ("2024-02-29 23:30:00 EST", "is not a UTC timestamp"),
        ("02/29/2024 23:30", "is not a UTC timestamp"),
        ("1709249400", "is not a UTC timestamp"),
        ("2024-02-30 00:00:00", "is not a UTC timestamp of the calendar"),
        ("2024-02-29 25:00:00", "is not a UTC timestamp of the calendar"),
        ("0024-02-29 00:00:00", "is outside the years 1990 to 2100"),
    ],
)
def test_timestamps_are_utc_whatever_the_machine_says(text: str, expected: object) -> None:
    assert landed(text, "timestamp") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("999999999999999999.9999", Decimal("999999999999999999.9999")),
        ("-0000000000000000000001.50000000", Decimal("-1.5000")),
        ("99999999999999.9999", Decimal("99999999999999.9999")),
        ("+.5", Decimal("0.5000")),
        ("1000000000000000000", "has more than 18 digits before the decimal point"),
        ("0.00001", "has more than 4 decimals"),
        ("1.00005", "has more than 4 decimals"),
        (".", "is not a plain number"),
        ("--1", "is not a plain number"),
        ("1_000", "is not a plain number"),
        ("0x10", "is not a plain number"),
    ],
)
def test_amounts_land_exactly_or_not_at_all(text: str, expected: object) -> None:
    assert landed(text, "numeric(22,4)") == expected


@pytest.mark.parametrize(
    ("text", "data_type", "expected"),
    [
        ("-12", "integer", -12),
        ("2147483648", "integer", "is too large"),
        ("2147483648", "bigint", 2147483648),
        ("9223372036854775808", "bigint", "is too large"),
        ("1.0", "bigint", "is not a whole number"),
        ("TRUE", "boolean", True),
        ("False", "boolean", False),
        ("1", "boolean", "is neither true nor false"),
        ("", "text", ""),
    ],
)
def test_whole_numbers_and_truth_values(text: str, data_type: str, expected: object) -> None:
    assert landed(text, data_type) == expected
