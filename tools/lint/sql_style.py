"""sqlfluff over files of the project, in two processes that share one reading of it.

A file in which nothing was found is not looked at again until it, a macro, a setting or a tool
changes. Models of one mode are looked at in that mode.
"""

import gc
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# dbt writes here; the other checks parse the project at the same time
OWN_FOLDER = ROOT / "target" / "lint" / "sqlfluff"
CLEAN = OWN_FOLDER / "clean.json"
SETTINGS = (".sqlfluff", "dbt_project.yml", "vars.yml", "profiles.yml")
TOOLS = ("sqlfluff", "sqlfluff-templater-dbt", "dbt-core", "dbt-duckdb")
# with these every model is part of the project
MODES = {"fx_mode": "month_end_rate", "hierarchy_mode": "as_was"}
IN_MODES = "--in-modes"
PROCESSES = 2

Found = dict[str, list[str] | None]
_shared: dict[str, Any] = {}


def lint(names: list[str]) -> list[str]:
    """What sqlfluff finds in these files."""
    clean: dict[str, str] = json.loads(CLEAN.read_text()) if CLEAN.exists() else {}
    context = _context()
    keys = {name: _digest(name, (ROOT / name).read_bytes(), context) for name in names}
    found = _found([name for name, key in keys.items() if clean.get(name) != key], {})
    if off := [name for name, lines in found.items() if lines is None]:
        found |= _found_in_modes(off)
    clean |= {name: keys[name] for name, lines in found.items() if lines == []}
    CLEAN.parent.mkdir(parents=True, exist_ok=True)
    CLEAN.write_text(json.dumps(clean, indent=0))
    no_mode = ["1: is part of the project in no mode"]
    return [
        f"{name}:{line}"
        for name, lines in sorted(found.items())
        for line in (no_mode if lines is None else lines)
    ]


def _found_in_modes(names: list[str]) -> Found:
    """The same in a process of its own: sqlfluff reads one project per process."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.lint.sql_style", IN_MODES, *names],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _context() -> str:
    """All that a finding depends on beside the file itself."""
    files = [ROOT / name for name in SETTINGS]
    files += sorted((ROOT / "macros").rglob("*.sql"))
    files += sorted((ROOT / "models").rglob("*__sources.yml"))
    return _digest(*map(version, TOOLS), *(path.read_bytes() for path in [*files, Path(__file__)]))


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update((part.encode() if isinstance(part, str) else part) + b"\0")
    return digest.hexdigest()


def _found(names: list[str], variables: dict[str, str]) -> Found:
    """Findings by file; None where the file is no part of the project under these variables."""
    if not names:
        return {}
    folder = OWN_FOLDER / ("modes" if variables else "default")
    os.environ |= {"DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
    from sqlfluff.core import FluffConfig, Linter  # a slow import, not needed where all is clean

    # the garbage collector would walk the whole project again and again
    gc.disable()
    config = FluffConfig.from_path(str(ROOT))
    for name, value in variables.items():
        config.set_value(["templater", "dbt", "context", name], value)
    linter = Linter(config=config)
    _read_the_layout_once()
    # this reads the project, and opens no connection: each process has one of its own
    in_project = list(linter.templater.sequence_files(names, config=config))
    longest_first = sorted(in_project, key=lambda name: -(ROOT / name).stat().st_size)
    gc.collect()
    gc.freeze()
    _shared["linter"] = linter
    if len(names) == 1:
        return dict(map(_of_shared, longest_first))
    # fork: what was read is shared, neither read nor sent again
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        found = dict(pool.imap_unordered(_of_shared, longest_first))
        pool.close()
        pool.join()
    return found


def _of_shared(name: str) -> tuple[str, list[str] | None]:
    return _of_file(_shared["linter"], name)


def _of_file(linter: Any, name: str) -> tuple[str, list[str] | None]:
    rendered = linter.render_file(name, linter.config)
    if not rendered.templated_variants and not rendered.templater_violations:
        return name, None
    rules = linter.get_rulepack(config=rendered.config)
    linted = linter.lint_rendered(rendered, rules, False, None)
    found = [
        f"{each.line_no}: {each.rule_code()} {each.desc()}" for each in linted.get_violations()
    ]
    gc.collect()
    return name, found


def _read_the_layout_once() -> None:
    """Four rules ask for the layout of a whole file, which is half of the work of all rules."""
    from sqlfluff.utils.reflow.sequence import ReflowSequence

    whole = ReflowSequence.from_root.__func__
    last: dict[str, Any] = {}

    def from_root(cls: type, root: Any, config: Any) -> ReflowSequence:
        if last.get("root") is not root or last.get("config") is not config:
            last.update(root=root, config=config, layout=whole(cls, root, config))
        return last["layout"]

    ReflowSequence.from_root = classmethod(from_root)


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_MODES]:
        print(json.dumps(_found(sys.argv[2:], MODES)))
        sys.exit()
    lines = lint(sys.argv[1:])
    print("\n".join(lines))
    sys.exit(bool(lines))
