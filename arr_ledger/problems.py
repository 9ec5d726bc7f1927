"""What every command raises when it cannot do what it was asked: what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class RefusedError(Exception):
    """The command changed nothing; its first line is the whole reason."""


class BusyError(Exception):
    """Another run holds the folder; try again later."""


def counted(number: int, noun: str) -> str:
    """1 row, 2 rows."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question to put before a remedy: the known name most like this one, if any is like it."""
    similar = get_close_matches(name, known, n=1)
    return f"did you mean {similar[0]}? " if similar else ""
