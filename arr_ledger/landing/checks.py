"""What a value may look like, and its conversion; the first fault of a value is reported."""

import re
from dataclasses import dataclass

import duckdb

from arr_ledger.landing.declared import Column
from arr_ledger.landing.folder import Extract
from arr_ledger.landing.problems import LandingRefusedError, Problem, shown
from arr_ledger.landing.quarantine import MOST_FAULTY_ROWS
from arr_ledger.sql import quoted

NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIMESTAMP = DATE + r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?"
UTC_SUFFIX = r" ?(Z|UTC|[+-]00(:?00)?)"
ADDRESS = r"[^@\s]+@[^@\s]+\.\pL{2,}"
# what the audit of a release takes for one, also inside a longer text
ADDRESS_WITHIN = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"
BLANK = r"[\s\p{Z}\x{FEFF}\x{200B}]"
# whole numbers that are money: 9120.00 is not 9120 of them
MINOR_UNITS = re.compile("amount|total|tax|mrr")
# the end of a month is a day of the calendar, every other end may never come
ENDS = re.compile("(?<!month)(^|_)(end|ended|until|resumes|cancel|deleted)(_|$)")
WIDTH_OF_FAST_NUMBERS = 18
# what a spreadsheet makes of a long number and of a formula that fails, and a formula that keeps an
# id as text
DAMAGED = r"[0-9]([.,][0-9]+)?E\+[0-9]{2,3}|#\p{Lu}+[!?]|#DIV/0!|#N/A|#NV|=\".*\""
WORDS_FOR_NULL = "('null', 'none', 'nan', 'n/a', 'na', '-', '\\n')"


@dataclass(frozen=True)
class Fault:
    """A condition in SQL under which a value is refused."""

    condition: str
    what: str
    remedy: str

    def wording(self, text: str | None) -> tuple[str, str]:
        """What is wrong, with the offending text where there is one, and the remedy."""
        return (self.what if text is None else f"{shown(text)} {self.what}", self.remedy)


def column_faults(column: Column) -> list[Fault]:
    """The faults a value that is not null may have, in the order they are tried."""
    value = quoted(column.name)
    faults = []
    if column.is_id:
        faults += _id_faults(value)
    if column.is_id or column.names_customer:
        whose = "the customer" if column.names_customer else "it"
        is_address = (
            f"regexp_full_match({value}, '{ADDRESS}')"
            f" or regexp_matches({value}, '{ADDRESS_WITHIN}')"
        )
        faults.append(
            Fault(
                is_address,
                "is an e-mail address, which is personal data and no id",
                f"use the id that the system gave {whose}, such as a number, here and wherever the"
                " id is used",
            )
        )
    if column.is_currency:
        condition = f"not regexp_full_match({value}, '[A-Za-z]{{3}}')"
        faults.append(
            Fault(condition, "is not a currency code", "write the three letters of ISO 4217")
        )
    if column.allowed:
        allowed = ", ".join(f"'{name}'" for name in column.allowed)
        remedy = f"allowed are {', '.join(column.allowed)}"
        faults.append(Fault(f"{value} not in ({allowed})", "is not known", remedy))
    if column.is_json:
        remedy = 'write JSON such as {"key": "value"}'
        faults.append(Fault(f"not json_valid({value})", "is not JSON", remedy))
    if column.is_number:
        faults.append(_no_number(value))
    faults += _type_faults(column, value)
    for bound, sign, side in ((column.at_least, "<", "below"), (column.at_most, ">", "above")):
        if bound is not None:
            condition = f"try_cast({value} as {column.data_type}) {sign} {bound}"
            faults.append(Fault(condition, f"is {side} {bound}", "check it where it comes from"))
    if column.is_positive:
        condition = f"try_cast({value} as {column.data_type}) <= 0"
        faults.append(Fault(condition, "is not above 0", "write a positive number"))
    return faults


def typed(column: Column) -> str:
    """The conversion of a text without faults to the declared type."""
    value = quoted(column.name)
    if column.data_type == "text":
        return value
    if column.data_type == "timestamp":
        return f"cast({without_suffix(value)} as timestamp)"
    if column.data_type == "boolean":
        return f"cast(lower({value}) as boolean)"
    if column.precision_and_scale and column.precision_and_scale[0] > WIDTH_OF_FAST_NUMBERS:
        return _typed_wide_number(value, column.data_type, column.precision_and_scale[1])
    return f"cast({value} as {column.data_type})"


def find_problems(
    connection: duckdb.DuckDBPyConnection, extract: Extract, present: list[str]
) -> list[Problem]:
    """Looks through table texts, column by column; every fault of every row, in the file's order.

    Their lines stand in table faults. Refuses a file that is nothing but faults at once.
    """
    columns = [extract.table.column(name) for name in present]
    connection.execute("create or replace temp table faults (line bigint)")
    problems: list[Problem] = []
    for column in columns:
        problems += _faulty_values(connection, extract, column)
        if column.not_before in present:
            problems += _too_early(connection, extract, column)
        if len(problems) > MOST_FAULTY_ROWS:
            break
    problems.sort(key=lambda problem: problem.line)
    if len(problems) > MOST_FAULTY_ROWS:
        raise LandingRefusedError(problems)
    connection.execute(
        "insert into faults select distinct unnest(?::bigint[])",
        [[problem.line for problem in problems]],
    )
    return problems


def _typed_wide_number(value: str, data_type: str, scale: int) -> str:
    """Texts become 128-bit numbers a hundred times slower than 64-bit ones, which most fit."""
    fast_type = f"numeric({WIDTH_OF_FAST_NUMBERS}, {scale})"
    return (
        f"case when length({value}) <= {WIDTH_OF_FAST_NUMBERS - scale}"
        f" then cast(cast({value} as {fast_type}) as {data_type})"
        f" else cast({value} as {data_type}) end"
    )


def _id_faults(value: str) -> list[Fault]:
    return [
        Fault(
            f"regexp_matches({value}, '^{BLANK}|{BLANK}$')",
            "has leading or trailing whitespace",
            "trim it everywhere the id is used",
        ),
        Fault(f"regexp_matches({value}, '[[:cntrl:]]')", "has a control character", "remove it"),
        Fault(
            f"lower({value}) in {WORDS_FOR_NULL}",
            "is not an id",
            "leave the field empty for no value",
        ),
        Fault(
            f"regexp_full_match({value}, '{DAMAGED}')",
            "is what a spreadsheet made of an id",
            "export the column as text, without opening it in a spreadsheet",
        ),
    ]


def _type_faults(column: Column, value: str) -> list[Fault]:
    if column.precision_and_scale:
        return _number_faults(value, *column.precision_and_scale)
    if column.data_type in ("integer", "bigint"):
        remedy = "write digits only"
        if MINOR_UNITS.search(column.name):
            remedy = "write minor units, such as cents, as digits only"
        return [
            Fault(
                f"not regexp_full_match({value}, '[+-]?[0-9]+')", "is not a whole number", remedy
            ),
            Fault(f"try_cast({value} as {column.data_type}) is null", "is too large", "check it"),
        ]
    if column.data_type == "boolean":
        condition = f"lower({value}) not in ('true', 'false')"
        return [Fault(condition, "is neither true nor false", "write true or false")]
    if column.data_type == "date":
        converted = f"try_cast({value} as date)"
        return _day_faults(column, DATE, converted, "date", "YYYY-MM-DD", "9999-12-31")
    if column.data_type == "timestamp":
        pattern = f"{TIMESTAMP}({UTC_SUFFIX})?"
        converted = f"try_cast({without_suffix(value)} as timestamp)"
        shape = "YYYY-MM-DD HH:MM:SS"
        # systems write an end that never comes as some instant of the last year
        return _day_faults(column, pattern, converted, "UTC timestamp", shape, "9999")
    return []


def _no_number(value: str) -> Fault:
    return Fault(
        f"not regexp_full_match({value}, '{NUMBER}')",
        "is not a plain number",
        "write digits and a decimal point only, such as 1234.50",
    )


def _number_faults(value: str, precision: int, scale: int) -> list[Fault]:
    whole_digits = precision - scale
    return [
        _no_number(value),
        Fault(
            f"regexp_matches({value}, '\\.[0-9]{{{scale}}}[0-9]*[1-9]')",
            f"has more than {scale} decimals",
            "round it where it comes from",
        ),
        Fault(
            f"regexp_matches({value}, '^[+-]?0*[1-9][0-9]{{{whole_digits},}}')",
            f"has more than {whole_digits} digits before the decimal point",
            "check the amount",
        ),
    ]


def _day_faults(
    column: Column, pattern: str, converted: str, noun: str, shape: str, open_end: str
) -> list[Fault]:
    value = quoted(column.name)
    sensible = f"year({converted}) between 1990 and 2100"
    remedy = "check the year"
    if ENDS.search(column.name):
        sensible += f" or starts_with({value}, '{open_end}')"
        remedy += f"; an open end is empty or {open_end}"
    elif not column.must_have_value:
        remedy += "; no day is empty"
    return [
        Fault(f"not regexp_full_match({value}, '{pattern}')", f"is not a {noun}", f"write {shape}"),
        Fault(
            f"{converted} is null", f"is not a {noun} of the calendar", "check the day and the time"
        ),
        Fault(
            f"not ({sensible})",
            "is outside the years 1990 to 2100",
            remedy,
        ),
    ]


def without_suffix(value: str) -> str:
    return f"regexp_replace({value}, '{UTC_SUFFIX}$', '')"


def _faulty_values(
    connection: duckdb.DuckDBPyConnection, extract: Extract, column: Column
) -> list[Problem]:
    value = quoted(column.name)
    faults = column_faults(column)
    when_null = "null"
    if column.must_have_value:
        when_null = str(len(faults))
        faults.append(Fault(f"{value} is null", "is empty", "every row needs a value"))
    if not faults:
        return []
    cases = " ".join(f"when {fault.condition} then {number}" for number, fault in enumerate(faults))
    found = connection.execute(
        f"""
        with checked as (
            select
                "source line" as line,
                {value} as value,
                case when {value} is null then {when_null} {cases} end as fault
            from texts
        )
        select line, value, fault from checked where fault is not null
        order by 1 limit {MOST_FAULTY_ROWS + 1}
        """
    ).fetchall()
    return [
        problem(extract, line, column, *faults[fault].wording(text)) for line, text, fault in found
    ]


def _too_early(
    connection: duckdb.DuckDBPyConnection, extract: Extract, column: Column
) -> list[Problem]:
    later, earlier = quoted(column.name), quoted(column.not_before)
    found = connection.execute(
        f"""
        select "source line", {later}, {earlier} from texts
        where try_cast({later} as {column.data_type}) < try_cast({earlier} as {column.data_type})
        order by 1 limit {MOST_FAULTY_ROWS + 1}
        """
    ).fetchall()
    return [
        problem(
            extract,
            line,
            column,
            f"{shown(end)} is before {column.not_before} {start}",
            "check the two",
        )
        for line, end, start in found
    ]


def line_word(extract: Extract) -> str:
    return "line" if extract.path.suffix == ".csv" else "row"


def where_stands(extract: Extract, line: int, seen_from: Extract) -> str:
    """Where a row stands, as it is told beside a row of the same part or of another."""
    of_part = "" if extract is seen_from else f" of {extract.file_name}"
    return f"{line_word(extract)} {line}{of_part}"


def problem(extract: Extract, line: int, column: Column, what: str, remedy: str) -> Problem:
    return Problem(extract.label, what, remedy, line, column.name, line_word(extract))
