"""Personal data stays in staging: a column tagged `personal_data` is named in no later model.

A model takes columns by name, and the contract of a mart lists its own. So what no model after
staging names in its SQL or its property file has not passed into a mart.
"""

import re
from pathlib import Path

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
    for path in sorted((root / STAGING).rglob("stg_*.yml")):
        columns = _columns(path)
        tagged |= {name for name, is_tagged in columns.items() if is_tagged}
        name = path.relative_to(root).as_posix()
        found += [
            Finding(name, 1, f"{column} is called like personal data: tag it with personal_data")
            for column, is_tagged in columns.items()
            if OF_A_PERSON.search(column) and not is_tagged
        ]
    for path in sorted((root / "models").rglob("*.*")):
        name = path.relative_to(root).as_posix()
        if tagged and path.suffix in (".sql", ".yml") and not name.startswith(STAGING):
            found += check_text(path.read_text(encoding="utf-8"), name, tagged)
    return found


def check_text(text: str, path: str, tagged: set[str]) -> list[Finding]:
    """The places where a model after staging, or its property file, names a tagged column."""
    words = rf"\b({'|'.join(sorted(tagged))})\b"
    if path.endswith(".yml"):
        words = rf"(?m)\bname: {words}"
    else:
        text = SQL_COMMENT.sub(_blank, JINJA_COMMENT.sub(_blank, text))
    return [
        Finding(
            path, text.count("\n", 0, match.start()) + 1, f"{match[1]} is personal data of staging"
        )
        for match in re.finditer(words, text)
    ]


def _columns(path: Path) -> dict[str, bool]:
    """Each column of the models of a property file: whether it is tagged."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        column["name"]: bool(column.get("config", {}).get("meta", {}).get("personal_data"))
        for model in content.get("models") or []
        for column in model.get("columns") or []
    }


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")
