"""Landing: texts of each declared type, accepted with their value or refused."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from arr_ledger.landing.checks import column_faults, typed
from arr_ledger.landing.declared import Column, declared_systems
from arr_ledger.sql import quoted


def landed(text: str, data_type: str, declared: Column | None = None) -> object:
    """The value a text lands as, or the wording of its first fault."""
    column = declared or Column("value", data_type)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/New_York'")
        connection.execute(f"create table texts as select ? as {quoted(column.name)}", [text])
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
    assert landed(text, "timestamp", Column("ended_at", "timestamp")) == expected


@pytest.mark.parametrize("name", ["end_date", "cancel_at", "_fivetran_end", "_deleted_date"])
def test_an_end_may_never_come(name: str) -> None:
    assert landed("9999-12-31", "date", Column(name, "date")) == date(9999, 12, 31)


@pytest.mark.parametrize(
    "name", ["start_date", "notice_date", "month_end", "created", "valid_from"]
)
def test_a_day_that_is_no_end_comes(name: str) -> None:
    said = "is outside the years 1990 to 2100"
    assert landed("9999-12-31", "date", Column(name, "date")) == said


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


@pytest.mark.parametrize(
    ("table", "column", "remedy"),
    [
        ("invoice_line_item", "amount", "write minor units, such as cents, as digits only"),
        ("price", "unit_amount", "write minor units, such as cents, as digits only"),
        ("invoice", "subtotal_excluding_tax", "write minor units, such as cents, as digits only"),
        ("subscription_item", "quantity", "write digits only"),
    ],
)
def test_an_amount_with_a_point_is_asked_for_in_minor_units(
    table: str, column: str, remedy: str
) -> None:
    declared = declared_systems()["stripe"].tables[table].column(column)
    (fault,) = (each for each in column_faults(declared) if each.what == "is not a whole number")
    assert fault.remedy == remedy


@pytest.mark.parametrize(
    ("table", "column", "text", "is_known"),
    [
        ("subscription_history", "status", "canceled", True),
        ("subscription_history", "status", "cancelled", False),
        ("subscription", "status", "Unpaid", False),
        ("subscription_history", "pause_collection_behavior", "Void", False),
        ("price", "type", "One_time", False),
        ("price", "recurring_interval", "monthly", False),
        ("price", "recurring_usage_type", "Metered", False),
        ("price", "tiers_mode", "Volume", False),
        ("plan", "usage_type", "metered", True),
        ("plan", "interval", "Month", False),
        ("invoice", "status", "Void", False),
        ("invoice_line_item", "type", "Subscription", False),
        ("coupon", "duration", "Forever", False),
    ],
)
def test_a_word_that_stripe_does_not_use_is_no_state_or_kind(
    table: str, column: str, text: str, is_known: bool
) -> None:
    declared = declared_systems()["stripe"].tables[table].column(column)
    assert landed(text, "text", declared) == (text if is_known else "is not known")


@pytest.mark.parametrize(
    ("table", "column", "text", "expected"),
    [
        ("price", "unit_amount_decimal", "0.05", "0.05"),
        ("price", "unit_amount_decimal", "None", "is not a plain number"),
        ("plan", "amount_decimal", "12,5", "is not a plain number"),
        ("tier", "unit_amount_decimal", "$5", "is not a plain number"),
        ("tier", "flat_amount_decimal", "1e3", "is not a plain number"),
        ("invoice_line_item", "unit_amount_excluding_tax", "100.5", "100.5"),
        ("invoice_line_item", "unit_amount_excluding_tax", "NaN", "is not a plain number"),
        ("subscription_item", "quantity", "0", 0),
        ("subscription_item", "quantity", "-1", "is below 0"),
        ("price", "recurring_interval_count", "-3", "is below 0"),
        ("price", "transform_quantity_divide_by", "-5", "is below 0"),
        ("plan", "interval_count", "-1", "is below 0"),
        ("coupon", "percent_off", "100", 100),
        ("coupon", "percent_off", "120", "is above 100"),
        ("coupon", "percent_off", "-20", "is below 0"),
        ("coupon", "amount_off", "-1000", "is below 0"),
        ("coupon", "duration_in_months", "-3", "is below 0"),
        ("invoice", "currency", "euro", "is not a currency code"),
        ("invoice_line_item", "currency", "$", "is not a currency code"),
        ("subscription_history", "currency", "us dollar", "is not a currency code"),
        ("coupon", "currency", "eur", "eur"),
    ],
)
def test_a_number_or_currency_that_stripe_never_writes_is_a_fault(
    table: str, column: str, text: str, expected: object
) -> None:
    declared = declared_systems()["stripe"].tables[table].column(column)
    assert landed(text, declared.data_type, declared) == expected


@pytest.mark.parametrize(
    ("text", "is_json"),
    [
        ("{}", True),
        ('{"salesforce_account_id": null}', True),
        ("[]", True),
        ("null", True),
        ("{'plan_tier': 'gold'}", False),
        ("{bad", False),
        ("NULL", False),
    ],
)
@pytest.mark.parametrize(
    ("table", "column"), [("customer", "metadata"), ("coupon", "currency_options")]
)
def test_a_text_of_json_is_json(table: str, column: str, text: str, is_json: bool) -> None:
    declared = declared_systems()["stripe"].tables[table].column(column)
    assert landed(text, "text", declared) == (text if is_json else "is not JSON")


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        ("1.23457E+11", False),
        ("1,23457E+11", False),
        ("1E+20", False),
        ("#N/A", False),
        ("#NAME?", False),
        ("#BEZUG!", False),
        ("#DIV/0!", False),
        ('="00123"', False),
        ("123457000000", True),
        ("00123", True),
        ("1E5", True),
        ("A1E+11", True),
        ("#12", True),
    ],
)
def test_what_a_spreadsheet_made_of_an_id_is_none(text: str, is_id: bool) -> None:
    expected = text if is_id else "is what a spreadsheet made of an id"
    assert landed(text, "text", Column("customer_id", "text", is_key=True)) == expected
