"""What every command raises when it cannot do what it was asked: what, where and what to do."""

from __future__ import annotations


class RefusedError(Exception):
    """The command changed nothing; its first line is the whole reason."""


class BusyError(Exception):
    """Another run holds the folder; try again later."""
