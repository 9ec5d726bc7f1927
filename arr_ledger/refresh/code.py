"""What a unit test depends on, as one hash, and the release that they have passed in before.

Their rows are their own: over the same files, tools and variables they cannot end otherwise.
"""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from arr_ledger.project import PROJECT_FOLDER
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.releases import kept_releases

FILES = ("dbt_project.yml", "profiles.yml", "vars.yml")
TREES = ("macros", "models", "seeds", "tests/generic")
TOOLS = ("dbt-core", "dbt-adapters", "dbt-duckdb", "duckdb")
OF_A_RUN = "as_of_date"  # every day has another; unit tests that need a day bring their own


def code_sha256(variables: dict[str, Any], project: Path = PROJECT_FOLDER) -> str:
    """One hash over the project as dbt reads it, the tools, and the variables but for the day."""
    listed = [path for tree in TREES for path in sorted((project / tree).rglob("*"))]
    policies = {name: value for name, value in variables.items() if name != OF_A_RUN}
    tools = [platform.python_version(), *(version(name) for name in TOOLS)]
    digest = hashlib.sha256(json.dumps([policies, tools], sort_keys=True, default=str).encode())
    for path in [*(project / name for name in FILES), *filter(Path.is_file, listed)]:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(project).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def unit_tested_release(folders: Folders, code: str) -> str | None:
    """The release in whose build the unit tests of this very code passed, while one is kept."""
    for facts in kept_releases(folders):
        unit_tests = facts.get("unit_tests", {})  # a release of an earlier version says nothing
        if unit_tests.get("code_sha256") == code:
            return unit_tests["release_id"]
    return None
