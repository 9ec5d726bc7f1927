"""Words that readers stumble over, with what to write instead (prose.yml).

Read are pages, property files, comments of SQL and of variables, texts of seeds, names and
descriptions of unit tests, and what the commands print.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tools.lint.findings import Finding

WORDS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
BANNED = re.compile("|".join(rf"\b(?:{word})\b" for word in WORDS), re.IGNORECASE)
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs")
PROPERTIES = ("models", "seeds/reference", "vars.yml", "selectors.yml")
SQL = ("models", "macros", "tests/generic", "tests/invariants")
CODE = re.compile(r"`[^`]*`|\]\([^)]*\)|\{\{.*?\}\}")
# of a unit test its name and description are prose, its rows are data
UNIT_TEST, ROWS = re.compile(r"  - name: "), re.compile(r"    (?!description)\w+:")
COMMENT = re.compile(r"--[^\n]*|\{#.*?#\}", re.DOTALL)
# what a run measured, and the texts of the sample company, are data
DATA = ("docs/evidence.md", "arr_ledger/sample_company/")
QUERY = re.compile(r"\b(select|where|from|join)\b")


def check(root: Path) -> list[Finding]:
    found = []
    for read, suffix, places in (
        (page, ".md", PAGES),
        (properties, ".yml", PROPERTIES),
        (page, ".csv", ("seeds/reference",)),
        (comments, ".sql", SQL),
        (strings, ".py", ("arr_ledger",)),
    ):
        for path in (path for place in places for path in _files(root / place, suffix)):
            name = path.relative_to(root).as_posix()
            if not name.startswith(DATA):
                for line, text in read(path.read_text(encoding="utf-8")):
                    found += [Finding(name, line, message) for message in words(text)]
    return found


def words(text: str) -> list[str]:
    """A message for each word of the list in the text."""
    return [f"'{match[0]}': write {_instead(match[0])}" for match in BANNED.finditer(text)]


def page(text: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, CODE.sub(" ", line)


def properties(text: str) -> Iterator[tuple[int, str]]:
    tests = re.search(r"^unit_tests:", text, re.MULTILINE)
    is_prose = True
    for number, line in enumerate(text.splitlines(), 1):
        if tests and UNIT_TEST.match(line):
            is_prose = True
            yield number, line.replace("_", " ")
        elif tests and ROWS.match(line):
            is_prose = False
        elif is_prose:
            # what a description quotes in backticks is code, and so is a name
            yield number, re.sub(r"\bname: \S+|\b\w+_\w+\b", " ", CODE.sub(" ", line))


def comments(text: str) -> Iterator[tuple[int, str]]:
    for block in COMMENT.finditer(text):
        for offset, line in enumerate(block[0].splitlines()):
            yield text.count("\n", 0, block.start()) + 1 + offset, line


def strings(text: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        said = node.value
        if isinstance(said, str) and " " in said and not QUERY.search(said):
            yield node.lineno, said


def _instead(found: str) -> str:
    return next(what for word, what in WORDS.items() if re.fullmatch(word, found, re.IGNORECASE))


def _files(place: Path, suffix: str) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob(f"*{suffix}"))
