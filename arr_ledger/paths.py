"""Paths of the command line: whole at the door, so that no later step depends on a folder.

dbt runs in the folder of the project, where a relative path would mean another place.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


def whole(path: str | os.PathLike[str]) -> Path:
    """The path from the root on; ~ is the home folder. Links stay as they are."""
    # pathlib keeps a/.. and fails on the home folder of an unknown user
    return Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100, PTH111


class WholePath(click.Path):
    """Every option that takes a path has this type."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Whole before it is checked."""
        super().convert(whole(value), param, ctx)
        return whole(value)


PATH = WholePath()
FOLDER = WholePath(file_okay=False)
FILE = WholePath(dir_okay=False)
