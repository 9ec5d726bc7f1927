"""arr-ledger with a step of the refresh that may write only small files: a disk that is full there.

    python with_little_room.py STEP BYTES BUILT refresh ...

STEP is land, build, write_release, _write_parquet, stage or nothing. A limit on the size of files
needs no rights and hits one step only; programs are told so in the same way as of a full disk. A
build takes its time: but for the step ``build`` the files of BUILT stand in for dbt, and the audits
are left out.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arr_ledger import cli
from arr_ledger.refresh import publish, run
from arr_ledger.refresh.build import Build, verdict
from arr_ledger.refresh.folders import Folders


def with_little_room(module: Any, name: str, most: int) -> None:
    step: Callable[..., Any] = getattr(module, name)

    def limited(*arguments: Any) -> Any:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        try:
            return step(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    setattr(module, name, limited)


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
    return 0


if __name__ == "__main__":
    step, most, built = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    del sys.argv[1:4]
    run._audited = no_audit
    if step != "build":
        run.build = stand_in(built)
    if step != "nothing":
        with_little_room(publish if step == "_write_parquet" else run, step, most)
    cli.main()
