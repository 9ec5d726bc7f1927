"""What lands and may not be what it seems: thousands read as decimals, ids that look the same."""

import unicodedata
from collections.abc import Iterator, Sequence

import duckdb

from arr_ledger.landing.checks import ADDRESS_WITHIN, line_word
from arr_ledger.landing.company import exponents
from arr_ledger.landing.declared import Column
from arr_ledger.landing.folder import Extract
from arr_ledger.landing.newest import LINE, PART
from arr_ledger.landing.problems import masked, shown
from arr_ledger.sql import quoted

THOUSANDS = r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"
WHOLE = r"[+-]?[0-9]+"
MOST_YEARS = 30  # an end later than that, such as 9999-12-31, says that none is known
DECIMALS_OF_A_THOUSAND = 3
# spreadsheets take zeros away in front, and loaders write a decimal behind
NUMBERED = r"^0*([0-9]+?)(?:\.0+)?$"
# systems whose ids differ by nothing but case where they are different, and by no other sign
CASE_MATTERS = ("stripe", "salesforce")
ASCII_ONLY = ("salesforce",)
# systems whose texts stand in marts as they are
PUBLISHES_ITS_TEXTS = ("custom_billing",)


def maybe_thousands(
    connection: duckdb.DuckDBPyConnection, extract: Extract, present: Sequence[str]
) -> list[str]:
    """A sentence per column of amounts in table texts whose decimals are always three.

    Whole amounts may stand beside them: those below a thousand need no mark of thousands, and a
    person who types amounts leaves it out here and there.
    """
    if extract.path.suffix != ".csv":
        return []
    notices = []
    currency = next((name for name in present if extract.table.column(name).is_currency), None)
    of_three = [name for name, places in exponents().items() if places == DECIMALS_OF_A_THOUSAND]
    is_of_two = (
        f"upper({quoted(currency)}) not in (select unnest(?))" if currency else "? is not null"
    )
    for name in present:
        if not _is_amount(extract.table.column(name)):
            continue
        value = quoted(name)
        has_three = f"regexp_full_match({value}, '{THOUSANDS}')"
        are_all, line, first = connection.execute(
            f"""
            select
                bool_and(regexp_full_match({value}, '{THOUSANDS}|{WHOLE}')),
                min({LINE}) filter ({has_three}), arg_min({value}, {LINE}) filter ({has_three})
            from texts where {value} is not null and {is_of_two}
            """,
            [of_three],
        ).fetchone()
        if are_all and line is not None:
            notices.append(
                f"{extract.label}, column {name}: every value with decimals has exactly three"
                " decimals, which may be thousands written with a point:"
                f" {shown(first)} on line {line} is read as"
                f" {float(first):g}, not as {first.replace('.', '')}; if it is"
                f" {first.replace('.', '')}, write it without the point."
            )
    return notices


def addresses_in_texts(
    connection: duckdb.DuckDBPyConnection, extract: Extract, present: Sequence[str]
) -> list[str]:
    """A sentence per text column, no id, with addresses: the audit refuses a release with one."""
    if extract.system.name not in PUBLISHES_ITS_TEXTS:
        return []
    notices = []
    for column in (extract.table.column(name) for name in present):
        if column.data_type != "text" or column.is_id:
            continue
        value = quoted(column.name)
        count, line = connection.execute(
            f"select count(*), min({LINE}) from texts where contains({value}, '@')"
            f" and regexp_matches({value}, '{ADDRESS_WITHIN}')"
        ).fetchone()
        if count:
            rows = "1 value looks" if count == 1 else f"{count:,} values look"
            notices.append(
                f"{extract.label}, column {column.name}: {rows} like an e-mail address, the first"
                f" on {line_word(extract)} {line}; the audit refuses a release with one: write a"
                " name instead, or leave the field empty."
            )
    return notices


def maybe_last_days(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parts: Sequence[Extract],
    present: Sequence[str],
) -> list[str]:
    """A sentence if most ends of a staged table look like the other of the two ways to write them.

    An end after whole months is the first day without service, the day before one is the last day
    with it.
    """
    is_inclusive = parts[0].table.end_is_inclusive
    if is_inclusive is None or "end_date" not in present:
        return []
    # without service from end_date on, or from the day after it
    starts_anew = "start_date + to_months(date_diff('month', start_date, {day})) = {day}"
    as_first, as_last = (starts_anew.format(day=day) for day in ("end_date", "end_date + 1"))
    other, read_as = (as_first, as_last) if is_inclusive else (as_last, as_first)
    against, agreeing, line = connection.execute(
        f"""
        select
            count(*) filter ({other}), count(*) filter ({read_as}), min(line_id) filter ({other})
        from {name}
        where end_date > start_date and end_date < start_date + to_years({MOST_YEARS})
        """
    ).fetchone()
    if against <= agreeing:
        return []
    read_as, other = "the first day without service", "the last day of service"
    if is_inclusive:
        read_as, other = other, read_as
    return [
        f"{parts[0].system.name}/{parts[0].table.name}, column end_date: of"
        f" {against + agreeing:,} ends after whole months {against:,} look like {other}, such as"
        f" that of {shown(line)}, and are read as {read_as}; set"
        f" custom_billing_end_date_is_inclusive: {str(not is_inclusive).lower()} if that is wrong."
    ]


def alike_texts(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parts: Sequence[Extract],
    present: Sequence[str],
) -> list[str]:
    """A sentence per column of a staged table with ids or segments that differ only in writing."""
    system, table = parts[0].system.name, parts[0].table
    notices = []
    for column in (table.column(each) for each in present):
        if not column.is_segment and (not column.is_id or system in ASCII_ONLY):
            continue
        pairs = [*_by_form(connection, name, column)]
        if column.is_segment or system not in CASE_MATTERS:
            pairs += _by_group(
                connection, name, column, "capitals", f"lower({quoted(column.name)})"
            )
        if column.is_id and system not in CASE_MATTERS:
            number = f"regexp_extract({quoted(column.name)}, '{NUMBERED}', 1)"
            pairs += _by_group(connection, name, column, "the zeros of a number", number)
        for kind, one, other in pairs[:1]:
            places = (_where(connection, name, column, value, parts) for value in (one, other))
            (_, first), (_, second) = sorted(places)
            more = f" ({len(pairs):,} such pairs in all)" if pairs[1:] else ""
            notices.append(
                f"{system}/{table.name}, column {column.name}: {first} and {second} differ only in"
                f" {kind}{more}; they are two {'ids' if column.is_id else 'segments'}: write one of"
                " them everywhere if they are the same."
            )
    return notices


def _is_amount(column: Column) -> bool:
    return column.precision_and_scale is not None and column.name.endswith(("amount", "price"))


def _by_form(
    connection: duckdb.DuckDBPyConnection, name: str, column: Column
) -> Iterator[tuple[str, str, str]]:
    """Pairs that are one text once Unicode writes them one way, without signs that have no width.

    Texts of ASCII have one way.
    """
    value = quoted(column.name)
    forms: dict[str, str] = {}
    odd = connection.execute(
        f"select distinct {value} from {name} where not regexp_full_match({value}, '[ -~]*')"
        " order by 1"
    ).fetchall()
    for (text,) in odd:
        form = "".join(
            letter
            for letter in unicodedata.normalize("NFKC", text)
            if unicodedata.category(letter) != "Cf"
        )
        if form in forms:
            yield "the Unicode form of their letters", forms[form], text
        forms.setdefault(form, text)
    plain = connection.execute(
        f"select distinct {value} from {name} where {value} in (select unnest(?::varchar[]))"
        f" and regexp_full_match({value}, '[ -~]*') order by 1",
        [list(forms)],
    ).fetchall()
    for (text,) in plain:
        yield "the Unicode form of their letters", text, forms[text]


def _by_group(
    connection: duckdb.DuckDBPyConnection, name: str, column: Column, kind: str, form: str
) -> list[tuple[str, str, str]]:
    """Pairs that have one form, which is empty for an id without one."""
    value = quoted(column.name)
    found = connection.execute(
        f"select min({value}), max({value}) from {name} where {form} <> ''"
        f" group by {form} having count(distinct {value}) > 1 order by 1"
    ).fetchall()
    return [(kind, one, other) for one, other in found]


def _where(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    column: Column,
    value: str,
    parts: Sequence[Extract],
) -> tuple[tuple[int, int], str]:
    """An id with the first place where it stands. Letters that look alike are told by number."""
    part, line = connection.execute(
        f"select {PART}, {LINE} from {name} where {quoted(column.name)} = ? order by 1, 2 limit 1",
        [value],
    ).fetchone()
    where = f"{line_word(parts[part])} {line}"
    if len(parts) > 1:
        where += f" of {parts[part].file_name}"
    form = "" if value.isascii() else f", {masked(ascii(value))}"
    return (part, line), f"{shown(value)} ({where}{form})"
