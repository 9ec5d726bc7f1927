"""All that a release is made from, as one hash: the same again would be the same release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from arr_ledger.landing import Limits
from arr_ledger.project import PROJECT_FOLDER
from arr_ledger.refresh.code import OF_A_RUN, code_sha256

# of the package: how files land, what is audited, how a release is written
PACKAGE = Path(__file__).resolve().parents[1]
NOT_OF_A_RELEASE = ("sample_company", "__pycache__")
DATA_TESTS = "tests/invariants"


def inputs_sha256(
    extracts_sha256: str,
    day: date,
    variables: Mapping[str, Any],
    limits: Limits,
    with_audit: bool,
    with_boards: bool = True,
    own_boards: Path | None = None,
) -> str:
    """One hash over the files, the day, the variables, the limits, the boards and the code."""
    policies = {name: value for name, value in variables.items() if name != OF_A_RUN}
    said = [
        *(extracts_sha256, f"{day}", policies, asdict(limits), with_audit, code_sha256({})),
        with_boards,
    ]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode())
    tests = sorted((PROJECT_FOLDER / DATA_TESTS).rglob("*.sql"))
    modules = [
        path
        for path in sorted(PACKAGE.rglob("*"))
        if path.is_file() and not set(NOT_OF_A_RELEASE) & set(path.relative_to(PACKAGE).parts)
    ]
    own = filter(Path.is_file, sorted(own_boards.rglob("*")) if own_boards else ())
    for path in [*tests, *modules, *own]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
