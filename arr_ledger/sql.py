"""Values that SQL takes only as part of its text: paths of attach and copy."""

from __future__ import annotations


def literal(value: object) -> str:
    """The value as an SQL text, in quotes."""
    return "'" + str(value).replace("'", "''") + "'"
