"""The shape of model files: what style asks of their text, and types of seeds."""

import csv
import re
from pathlib import Path

import yaml

from tools.lint.findings import Finding
from tools.lint.raw_sql import JINJA_BLOCK, JINJA_COMMENT, SQL_COMMENT

LONGEST, LONG, MOST_REFS = 200, 100, 12
FIRST_LINE = "-- Grain: one row per "
# which module a model is part of: no line of what it does
SWITCH = "{{ config(enabled="
REF = re.compile(r"\bref\s*\(")
EXTRACT = re.compile(r"\bextract(_once)?\s*\(\s*'")


def check(root: Path) -> list[Finding]:
    found = []
    for path in sorted((root / "models").rglob("*.sql")):
        name = path.relative_to(root).as_posix()
        found += check_model(path.read_text(encoding="utf-8"), name)
        if not path.with_suffix(".yml").is_file():
            found.append(Finding(name, 1, f"no {path.with_suffix('.yml').name} beside it"))
    return found + check_seeds(root)


def check_model(text: str, path: str) -> list[Finding]:
    lines = [line for line in text.splitlines() if not line.startswith(SWITCH)]
    found = []
    if not lines or not lines[0].startswith(FIRST_LINE):
        found.append(Finding(path, 1, f"the first line is not '{FIRST_LINE}...'"))
    if len(lines) > LONGEST:
        found.append(Finding(path, LONGEST + 1, f"{len(lines)} lines, at most {LONGEST}"))
    elif len(lines) > LONG and "-- long because" not in text:
        message = f"{len(lines)} lines: above {LONG} wants a comment '-- long because ...'"
        found.append(Finding(path, LONG + 1, message))
    code = SQL_COMMENT.sub(" ", JINJA_COMMENT.sub(" ", text))
    refs = REF.findall(code)
    if len(refs) > MOST_REFS:
        found.append(Finding(path, 1, f"{len(refs)} refs, at most {MOST_REFS}"))
    last = next((line for line in reversed(lines) if line.strip()), "")
    if last.strip() != "select * from final":
        found.append(Finding(path, len(lines), "the last line is not 'select * from final'"))
    return found + _layer(text, code, path)


def _layer(text: str, code: str, path: str) -> list[Finding]:
    sql = JINJA_BLOCK.sub(" ", code)
    found = []

    def refuse(pattern: str, message: str) -> None:
        for match in re.finditer(pattern, sql, re.IGNORECASE):
            # the same word in the text with its comments: the nth there is the nth here
            at = text.find(match.group())
            found.append(Finding(path, text.count("\n", 0, max(at, 0)) + 1, message))

    if path.startswith("models/staging/"):
        refuse(r"\bjoin\b", "staging never joins")
        refuse(r"\bgroup\s+by\b|\bdistinct\b(?!\s+from)", "staging never aggregates")
        refuse(
            r"\bref\s*\((?!'stg_\w+__repeated_)",
            "staging reads raw data through extract() alone, or the repeated ids of a long table",
        )
    else:
        refuse(EXTRACT.pattern, "only staging reads raw data")
        refuse(r"\bref\s*\(\s*'sample_", "only staging reads sample extracts, through extract()")
    refuse(r"\bsource\s*\(\s*'", "extract() is the only door to raw data")
    return found


def check_seeds(root: Path) -> list[Finding]:
    """Every column of every seed has a type: a guessed 00123 becomes 123."""
    types: dict[str, set[str]] = {}
    for path in (root / "seeds").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for seed in content.get("seeds") or []:
            typed = (seed.get("config") or {}).get("column_types") or {}
            types.setdefault(seed["name"], set()).update(typed)
    found = []
    for path in sorted((root / "seeds").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            header = next(csv.reader(handle), [])
        missing = [column for column in header if column not in types.get(path.stem, set())]
        if missing or not header:
            name = path.relative_to(root).as_posix()
            message = f"no column_types for {', '.join(missing) or 'the seed'}"
            found.append(Finding(name, 1, message))
    return found
