"""Whose files these are: a single run by another account would lock their owner out.

What is private may be read by its owner alone, so a run by root, whom nothing stops, leaves files
that the account of the service cannot read or replace.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

ROOT = 0


def belongs_to_another(*paths: Path) -> str | None:
    """A sentence about the first of the paths that is there and not of this account."""
    own = os.geteuid()
    for path in paths:
        if path.exists() and (owner := path.stat().st_uid) != own:
            return (
                f"{path}: belongs to {_name(owner)}, and this is {_name(own)}; run it as"
                f" {_name(owner)}, or give all of it to one account (chown -R)."
            )
    return None


def root_in_the_folder_of_another(folder: Path) -> str | None:
    """A sentence if root is about to make what the owner of the folder then cannot read."""
    return belongs_to_another(folder) if os.geteuid() == ROOT else None


def _name(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return f"account {account}"
