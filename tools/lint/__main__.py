"""`uv run --frozen python -m tools.lint [check ...]`: one line per check, exit 1 on a finding.

`python -m tools.lint sqlfluff FILE ...` looks at these files alone.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.lint import model_shape, personal_data, portability, property_files, prose, raw_sql
from tools.lint.findings import Finding
from tools.lint.rendering import TARGET_PATH, RenderError

ROOT = Path(__file__).resolve().parents[2]
PYTHON_CODE = ("arr_ledger", "tools", "tests", "examples")
SQL = ("models", "tests/invariants", "tests/golden", "analyses")
# the tools of the environment that runs this, activated or not
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
BOUNCER = ROOT / "tools" / "dbt_bouncer"


def _command(*arguments: str, environment: dict[str, str] | None = None) -> list[str]:
    """What a failed command printed, nothing where it succeeded."""
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        env={**os.environ, "PATH": PATH, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return [] if done.returncode == 0 else done.stdout.splitlines() or ["failed"]


def _own(check: Callable[[Path], list[Finding]]) -> Callable[[], list[str]]:
    return lambda: [str(finding) for finding in check(ROOT)]


def _portability() -> list[str]:
    try:
        return [str(finding) for finding in portability.check(ROOT)]
    except RenderError as error:
        return str(error).splitlines()


def _sqlfluff(names: list[str] | None = None) -> list[str]:
    paths = [path for folder in SQL for path in sorted((ROOT / folder).rglob("*.sql"))]
    every = [str(path.relative_to(ROOT)) for path in paths]
    return _command(sys.executable, "-m", "tools.lint.sql_style", *(names or every))


def _dbt_bouncer() -> list[str]:
    problems = _command(
        *("dbt", "--quiet", "--log-path", TARGET_PATH, "parse"),
        *("--target", "lint", "--target-path", TARGET_PATH),
    )
    return problems or _command(
        *("uv", "run", "--frozen", "--quiet", "--project", str(BOUNCER), "dbt-bouncer"),
        *("run", "--config-file", "dbt-bouncer.yml", "--show-all-failures"),
        environment={
            "UV_PROJECT_ENVIRONMENT": str(BOUNCER / ".venv"),
            "VIRTUAL_ENV": "",
            "COLUMNS": "200",
        },
    )


CHECKS: dict[str, Callable[[], list[str]]] = {
    "ruff": lambda: _command("ruff", "check", "--output-format", "concise", *PYTHON_CODE),
    "ruff-format": lambda: _command("ruff", "format", "--check", "--quiet", *PYTHON_CODE),
    "property-files": _own(property_files.check),
    "model-shape": _own(model_shape.check),
    "raw-sql": _own(raw_sql.check),
    "personal-data": _own(personal_data.check),
    "prose": _own(prose.check),
    "portability": _portability,
    "sqlfluff": _sqlfluff,
    "dbt-bouncer": _dbt_bouncer,
}

SLOW = ("sqlfluff",)


def _timed(check: Callable[[], list[str]]) -> tuple[list[str], float]:
    started = time.monotonic()
    return check(), time.monotonic() - started


def main(names: list[str]) -> int:
    if names[:1] == ["sqlfluff"] and names[1:] and not set(names) & set(CHECKS) - {"sqlfluff"}:
        files = [str(Path(name).resolve().relative_to(ROOT)) for name in names[1:]]
        print("\n".join(problems := _sqlfluff(files)))
        return int(bool(problems))
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no check called {', '.join(unknown)}; there are {', '.join(CHECKS)}")
        return 2
    names = names or list(CHECKS)
    failed = False
    # two at a time, the slowest first; told in the order of CHECKS
    with ThreadPoolExecutor(2) as pool:
        slowest_first = sorted(names, key=lambda name: name not in SLOW)
        running = {name: pool.submit(_timed, CHECKS[name]) for name in slowest_first}
        for name in names:
            problems, seconds = running[name].result()
            failed = failed or bool(problems)
            verdict = f"{len(problems)} lines" if problems else "ok"
            print(f"{name:<16}{verdict:>12}{seconds:>8.1f} s", flush=True)
            for problem in problems:
                print(f"    {problem}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
