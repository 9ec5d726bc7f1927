"""Values that SQL takes only as part of its text, and paths that are taken as they are."""

from __future__ import annotations

import re


def literal(value: object) -> str:
    """The value as an SQL text, in quotes."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """The name of a schema, table or column, in quotes."""
    return '"' + name.replace('"', '""') + '"'


def one_file(path: object) -> str:
    """A path for a reader of DuckDB, which takes ``*``, ``?`` and ``[`` for a pattern of names."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
