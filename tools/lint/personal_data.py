"""Personal data stays in staging, but for what a variable hides.

A model takes columns by name, and the contract of a mart lists its own. So what no model after
staging names in its SQL or its property file has not passed into a mart. A later model may name a
tagged column where a column of its own is tagged as well and says which variable hides it
(`hidden_by`), under the same name or the one it `reads`.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from tools.lint.findings import Finding
from tools.lint.raw_sql import JINJA_COMMENT, SQL_COMMENT

STAGING = "models/staging"
OF_A_PERSON = re.compile(
    r"(?:^|_)(?:e_?mail|phone|mobile|fax|street|iban|birth\w*|(?:first|last|full|user|contact)_name"
    r"|title|description|notes?|comments?)(?:_|$)"
)


def check(root: Path) -> list[Finding]:
    found = []
    tagged: set[str] = set()
    may_name: dict[Path, set[str]] = {}
    for path in sorted((root / "models").rglob("*.yml")):
        name = path.relative_to(root).as_posix()
        for column, meta in _columns(path).items():
            is_tagged = bool(meta.get("personal_data"))
            if is_tagged:
                tagged.add(column)
            if is_tagged and meta.get("hidden_by"):
                names = may_name.setdefault(path.with_suffix(""), set())
                names |= {column, meta.get("reads", column)}
            if name.startswith(STAGING) and OF_A_PERSON.search(column) and not is_tagged:
                message = f"{column} is called like personal data: tag it with personal_data"
                found.append(Finding(name, 1, message))
    for path in sorted((root / "models").rglob("*.*")):
        name = path.relative_to(root).as_posix()
        refused = tagged - may_name.get(path.with_suffix(""), set())
        if refused and path.suffix in (".sql", ".yml") and not name.startswith(STAGING):
            found += check_text(path.read_text(encoding="utf-8"), name, refused)
    return found


def check_text(text: str, path: str, tagged: set[str]) -> list[Finding]:
    """The places where a model after staging, or its property file, names a tagged column."""
    words = rf"\b({'|'.join(sorted(tagged))})\b"
    if path.endswith(".yml"):
        words = rf"(?m)\bname: {words}"
    else:
        text = SQL_COMMENT.sub(_blank, JINJA_COMMENT.sub(_blank, text))
    return [
        Finding(path, text.count("\n", 0, match.start()) + 1, f"{match[1]} is personal data")
        for match in re.finditer(words, text)
    ]


def _columns(path: Path) -> dict[str, dict[str, Any]]:
    """Each column of the models of a property file: its meta."""
    text = path.read_text(encoding="utf-8")
    # reading YAML is slow: only staging and files that tag a column have something to say
    content = (
        yaml.safe_load(text) if path.name.startswith("stg_") or "personal_data" in text else {}
    )
    return {
        column["name"]: column.get("config", {}).get("meta", {})
        for model in (content or {}).get("models") or []
        for column in model.get("columns") or []
    }


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")
