"""The files of arr-ledger init: options of a refresh, empty extracts, a mapping to begin with."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from arr_ledger.landing.declared import System, Table, declared_systems
from arr_ledger.problems import RefusedError

CONFIG = """\
# Options of `arr-ledger refresh`; `land`, `releases` and `rollback` read them too. An option on
# the command line wins. Relative paths are relative to this file.

# folder that holds <system>/<table>.csv or .parquet; the systems that are on are read off it
extracts: extracts
# folder that BI reads: arr_ledger.duckdb and releases/
out: published

# the metric policy: only what differs from vars.yml of the project
vars: {}
#  reporting_currency: EUR
#  reporting_timezone: Europe/Berlin
#  renewal_grace_days: 0

# shares up to which a refresh goes on; beyond them it is refused or blocked
#limits:
#  most_rows_aside: 0.01     # rows of a table that may be quarantined
#  most_value_aside: 0.005   # a year's recurring amounts that may be quarantined
#  most_keys_lost: 0.02      # keys of a table that may be missing since the last landing
#  most_value_kept: 0.005    # ARR that may rest on last good versions of faulty rows
#  most_value_ended: 0.05    # ARR that may have ended since the last line starts
#  most_value_lost: 0.005    # served ARR that missing rows may carry

# releases to keep for a rollback
#keep: 10
# false: leave out the audits of Great Expectations
#audit: true
# folder of your own boards, rendered beside ours; false: render none
#boards: boards
# publish to this Postgres too; keep its password in ARR_LEDGER_POSTGRES, PGPASSWORD or ~/.pgpass
#postgres: postgresql://arr_ledger@db.example.com/arr
# command that gets the outcome as JSON on its standard input
#notify: /usr/local/bin/arr-ledger-to-chat
"""
MAPPING = """\
-- Turns a foreign export into extracts of {name}. Fill in the reads, take out the columns you
-- do not have, and run it from the folder of this file:
--   python -c "import duckdb; duckdb.connect().execute(open('{file}').read())"
-- Read as text first (all_varchar) and convert by name: a bad day or amount then stops the mapping.
"""
READ = (
    "read_csv('raw/{table}.csv', header = true, delim = ',', all_varchar = true,"
    " hive_partitioning = false)"
)
# how a text of a foreign file becomes a column of this type
CONVERSIONS = {
    "date": "cast(strptime({0}, '%Y-%m-%d') as date)",
    "timestamp": "cast({0} as timestamp)",
    "boolean": "cast({0} as boolean)",
    "text": "{0}",
}


def scaffold(folder: Path, systems: Sequence[str]) -> list[Path]:
    """Writes every file, or RefusedError where one of them is there already."""
    files = {folder / "arr_ledger.yml": CONFIG}
    declared = declared_systems()
    for name in systems:
        for table in declared[name].tables.values():
            files[folder / "templates" / name / f"{table.name}.csv"] = _header(table)
        files[folder / f"map_{name}.sql"] = _mapping(declared[name])
    there = [path for path in files if path.exists() or path.is_symlink()]
    if there:
        raise RefusedError(
            f"{there[0]}: is there already, and nothing is overwritten; name another folder, or"
            " move the file away."
        )
    try:
        for name in systems:
            (folder / "extracts" / name).mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            # refuses a file that came to be in between
            with path.open("x", encoding="utf-8", newline="") as content:
                content.write(text)
    except OSError as error:
        raise RefusedError(
            f"{error.filename}: cannot be written ({error.strerror}); name a folder that may be"
            " written to."
        ) from None
    return list(files)


def _header(table: Table) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow([column.name for column in table.columns])
    return text.getvalue()


def _mapping(system: System) -> str:
    parts = [MAPPING.format(name=system.name, file=f"map_{system.name}.sql")]
    for table in system.tables.values():
        parts.append(_copy(system, table))
    return "\n".join(parts)


def _copy(system: System, table: Table) -> str:
    """A statement per table; that of an optional one is a comment until it is wanted."""
    columns = []
    for column in table.columns:
        pattern = CONVERSIONS.get(column.data_type, f"cast({{0}} as {column.data_type})")
        notes = ["needed" if column.is_required else "optional", column.data_type]
        notes += ["key"] if column.is_key else []
        notes += [f"one of {', '.join(column.allowed)}"] if column.allowed else []
        value = pattern.format(f'"{column.name}"')
        columns.append((f'{value} as "{column.name}"', ", ".join(notes)))
    last = len(columns) - 1
    lines = [
        f"        {text}{',' if number < last else ''}  -- {note}"
        for number, (text, note) in enumerate(columns)
    ]
    statement = [
        "copy (",
        "    select",
        *lines,
        f"    from {READ.format(table=table.name)}",
        f") to 'extracts/{system.name}/{table.name}.parquet';",
    ]
    if table.is_optional:
        statement = [f"-- {line}".rstrip() for line in statement]
    what = "optional: take the dashes away to use it" if table.is_optional else "needed"
    return "\n".join([f"-- {system.name}.{table.name}, {what}", *statement, ""])
