"""Files with one fault each, by the number of their entry in docs/faults.md, and what is done.

Every file has good rows besides the bad one, so that a row quarantined stays below the limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COLUMNS = "line_id customer_id product_id start_date end_date term_amount term_months currency"
HEADER = ",".join(COLUMNS.split()) + "\n"
GOOD_ROWS = 300
# a row of a small amount: what it is worth stays below the limit as well
BAD = {
    "line_id": "BAD",
    "customer_id": "C1",
    "product_id": "P",
    "start_date": "2024-01-01",
    "end_date": "",
    "term_amount": "12",
    "term_months": "12",
    "currency": "USD",
}


def good_rows(count: int = GOOD_ROWS) -> str:
    """Rows L0, L1 and so on, 1,200 a year each."""
    return "".join(f"L{n},C{n},P,2024-01-01,,1200,12,USD\n" for n in range(count))


def with_row(**values: str) -> str:
    """A good file with one row more that has these values."""
    texts = (BAD | values).values()
    row = ",".join(f'"{text}"' if "," in text else text for text in texts)
    return f"{HEADER}{good_rows()}{row}\n"


@dataclass(frozen=True)
class Case:
    """A file of subscription lines, or of another table beside good lines."""

    number: int
    name: str
    content: str | bytes
    says: str
    table: str = "subscription_lines"
    others: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.number:02d} {self.name}"


NOT_PLAIN = "is not a plain number"
LAST = f"line {GOOD_ROWS + 2}"
GOOD = HEADER + good_rows()

# one row is quarantined with this reason, and every other lands
PUT_ASIDE = [
    *(
        Case(1, f"amount {text}", with_row(term_amount=text), f"'{text}' {NOT_PLAIN}")
        for text in ("abc", "1,234.50", "1.234,50", "$1234")
    ),
    Case(
        2,
        "an amount after thirty thousand rows",
        f"{HEADER}{good_rows(30_000)}BAD,C1,P,2024-01-01,,abc,12,USD\n",
        NOT_PLAIN,
    ),
    Case(3, "30 February", with_row(start_date="2024-02-30"), "is not a date of the calendar"),
    Case(3, "a day of another format", with_row(start_date="31/01/2024"), "is not a date"),
    *(
        Case(5, f"amount {text}", with_row(term_amount=text), NOT_PLAIN)
        for text in ("NaN", "inf", "1e400")
    ),
    Case(6, "a fraction of a cent", with_row(term_amount="0.33333"), "has more than 4 decimals"),
    Case(8, "year 24", with_row(start_date="0024-01-01"), "outside the years 1990 to 2100"),
    Case(15, "a field too few", f"{HEADER}{good_rows()}BAD,C1,P\n", "3 fields where the header"),
    Case(15, "a field too many", with_row().replace("12,USD\n", "12,USD,x\n", 1), "9 fields where"),
    *(
        Case(24, f"amount {text}", with_row(term_amount=text), NOT_PLAIN)
        for text in ("NULL", "N/A", "-")
    ),
    Case(24, "a word for no customer", with_row(customer_id="null"), "is not an id"),
    Case(
        28, "a blank after an id", with_row(customer_id="C9 "), "has leading or trailing whitespace"
    ),
    Case(
        32,
        "an end before its start",
        with_row(end_date="2023-12-31"),
        "is before start_date 2024-01-01",
    ),
]

# the whole folder is refused, and the first line begins like this
REFUSED = [
    Case(
        4,
        "a whole file of foreign dates",
        GOOD.replace("2024-01-01", "05/01/2024"),
        ", line 2, column start_date: '05/01/2024' is not a date; write YYYY-MM-DD.",
    ),
    Case(
        7,
        "an amount in powers of ten, which is worth too much to leave out",
        with_row(term_amount="1e20"),
        f", {LAST}, column term_amount: '1e20' {NOT_PLAIN}",
    ),
    Case(
        7,
        "an amount too wide",
        with_row(term_amount="9" * 15),
        f", {LAST}, column term_amount: '999999999999999' has more than 14 digits before",
    ),
    Case(9, "an empty file", "", ": is empty; export it again, with a header."),
    Case(10, "a header alone", HEADER, ": has a header but no rows; export it again"),
    Case(11, "no header", good_rows(), ", line 1: has no header with the declared column names"),
    Case(
        12,
        "a header name twice",
        GOOD.replace("product_id", "currency"),
        ", line 1, column currency: the header names this column twice",
    ),
    Case(
        13,
        "a column renamed",
        GOOD.replace("term_amount", "term_amout"),
        ", line 1, column term_amount: the required column is missing; similar columns found:"
        " term_amout",
    ),
    Case(16, "an upload that broke off", GOOD[:-9], f", line {GOOD_ROWS + 1}: the file stops in"),
    Case(
        17,
        "an open quote",
        GOOD.replace("L7,C7", 'L7,"C7'),
        ", line 9: a quote in the record that starts here is not closed",
    ),
    Case(
        18,
        "a byte of Latin-1",
        GOOD.replace("C8,", "C£,").encode("latin-1"),
        ", line 10: byte 0xa3 is not UTF-8",
    ),
    Case(19, "UTF-16", GOOD.encode("utf-16"), ", line 1: is UTF-16; export the file as UTF-8."),
    Case(21, "a NUL byte", GOOD.replace("C8,", "C\0,"), ", line 10: holds a NUL byte"),
    Case(
        22,
        "semicolons",
        GOOD.replace(",", ";"),
        ", line 1: columns are separated by a semicolon; separate them by commas.",
    ),
    Case(
        23,
        "carriage returns alone",
        GOOD.replace("\n", "\r"),
        ", line 1: a carriage return alone ends a line; end lines with LF or CRLF.",
    ),
    Case(
        51,
        "a rate of nothing",
        "currency,month_end,rate\nEUR,,0\n",
        ", line 2, column rate: '0' is not above 0; write a positive number.",
        table="fx_rates",
        others={"subscription_lines": GOOD},
    ),
]

# what looks odd and is right: every row lands
ACCEPTED = [
    Case(8, "an end that never comes", with_row(end_date="9999-12-31"), "9999-12-31"),
    Case(
        10,
        "a header alone where there may be no rows",
        "customer_id\n",
        "",
        table="customers",
        others={"subscription_lines": GOOD},
    ),
    Case(20, "a byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), ""),
    Case(23, "a blank line before the header", "\n" + GOOD, ""),
    Case(23, "two kinds of line ends", GOOD.replace("\n", "\r\n", 5), ""),
    Case(25, "an id that begins with zeros", with_row(customer_id="00123"), "00123"),
    Case(25, "an id that looks like digits", with_row(product_id="29051_00040"), "29051_00040"),
    Case(29, "a line without a customer", with_row(customer_id=""), ""),
    Case(30, "a formula as an id", with_row(product_id="=HYPERLINK(1)"), "=HYPERLINK(1)"),
    Case(32, "an end on its start", with_row(end_date="2024-01-01"), "2024-01-01"),
    Case(35, "a start in the future", with_row(start_date="2031-01-01"), "2031-01-01"),
]
