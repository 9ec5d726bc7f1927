"""arr-ledger with an accident at one step of a refresh: a full disk, or a kill before or after it.

    python at_a_step.py ACCIDENT STEP BUILT refresh ...

ACCIDENT is before, after or the bytes beyond which no file grows; STEP a name of steps.STEPS, or
nothing. A limit on the size of files needs no rights and hits one step only; programs are told so
in the same way as of a full disk. A build takes its time: but for a full disk in the build itself
the files of BUILT stand in for dbt, and the audits are left out.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arr_ledger import cli
from arr_ledger.refresh import steps
from arr_ledger.refresh.build import Build, verdict
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.steps import Run

BUILD = "build_ledger"


def with_accident(step: Callable[[Run], None], accident: str) -> Callable[[Run], None]:
    def hit(run: Run) -> None:
        if accident == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        if accident.isdigit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(accident), resource.RLIM_INFINITY))
        try:
            step(run)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        if accident == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    return hit


def stand_in(built: Path) -> Callable[..., Build]:
    def build(database: Path, _: Any, folder: Path, *__: Any) -> Build:
        shutil.copyfile(built / database.name, database)
        shutil.copytree(built / "target", folder / "target")
        said = [
            json.loads((built / "target" / name).read_text())
            for name in ("manifest.json", "run_results.json")
        ]
        return verdict(database, said[0], said[1]["results"], 0)

    return build


def no_audit(_: str, __: Path, folders: Folders) -> int:
    folders.audit.mkdir(exist_ok=True)
    (folders.audit / "index.html").write_text("nothing was audited")
    return 0


if __name__ == "__main__":
    accident, name, built = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    del sys.argv[1:4]
    steps._audited = no_audit
    if name != BUILD or not accident.isdigit():
        steps.build = stand_in(built)
    assert name == "nothing" or name in [step.__name__ for _, step in steps.STEPS]
    steps.STEPS = tuple(
        (shown, with_accident(step, accident) if step.__name__ == name else step)
        for shown, step in steps.STEPS
    )
    cli.main()
