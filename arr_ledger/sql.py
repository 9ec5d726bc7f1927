"""Values that SQL takes only as part of its text: paths of attach and copy, names of tables."""

from __future__ import annotations


def literal(value: object) -> str:
    """The value as an SQL text, in quotes."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The name of a schema, table or column, in quotes."""
    return '"' + name.replace('"', '""') + '"'
