"""Property files against dbt's own JSON schema.

dbt checks them only on four warehouses; on DuckDB it reads a misspelt key and says nothing.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dbt.jsonschemas
import yaml
from dbt.clients.jinja import get_rendered
from dbt.jsonschemas.jsonschemas import CustomDraft7Validator
from jsonschema import ValidationError

from tools.lint.findings import Finding

FOLDERS = ("models", "seeds", "macros", "tests", "analyses", "snapshots")


@cache
def _validator(kind: str) -> CustomDraft7Validator:
    path = Path(dbt.jsonschemas.__file__).parent / kind / "latest.json"
    return CustomDraft7Validator(json.loads(path.read_text(encoding="utf-8")))


def check(root: Path) -> list[Finding]:
    """Every property file, and dbt_project.yml, of the project in root."""
    found = []
    for folder in FOLDERS:
        files = sorted((root / folder).rglob("*.y*ml"))
        for path in (file for file in files if file.suffix in {".yml", ".yaml"}):
            found += check_text(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    project = root / "dbt_project.yml"
    return found + check_text(project.read_text(encoding="utf-8"), project.name, "project")


def check_text(text: str, path: str, kind: str = "resources") -> list[Finding]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return [Finding(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}")]
    if node is None:
        return []
    found = [Finding(path, line, f"key {key} is written twice") for key, line in _twice(node)]
    for error in _validator(kind).iter_errors(_rendered(content)):
        deepest = _deepest(error)
        steps = list(deepest.absolute_path)
        where = ".".join(str(step) for step in steps) or "the file"
        found.append(Finding(path, _line(node, steps, deepest), f"{where}: {_short(deepest)}"))
    return sorted(set(found))


def _rendered(content: object) -> object:
    """With the dimensions that Jinja lists for a variable, for its default."""
    if isinstance(content, list):
        return [_rendered(each) for each in content]
    if not isinstance(content, dict):
        return content
    rendered = {key: _rendered(value) for key, value in content.items()}
    for key in {"materialized", "+materialized"} & set(rendered):
        # a choice by engine: what it is on DuckDB
        rendered[key] = get_rendered(str(rendered[key]), {"target": {"type": "duckdb"}})
    derived = rendered.get("derived_semantics")
    if isinstance(derived, dict) and isinstance(derived.get("dimensions"), str):
        context = {"var": lambda name, default=None: default}
        derived["dimensions"] = get_rendered(derived["dimensions"], context, native=True)
    return rendered


def _deepest(error: ValidationError) -> ValidationError:
    """Of the alternatives of an anyOf, the complaint that says most."""
    while error.context:
        telling = [inner for inner in error.context if inner.validator != "type"]
        error = max(telling or error.context, key=lambda inner: len(inner.absolute_path))
    return error


def _short(error: ValidationError) -> str:
    return error.message if len(error.message) <= 200 else f"{error.message[:200]}..."


def _line(node: yaml.Node, steps: list[str | int], error: ValidationError) -> int:
    """The line of the offending key where one is named, else of the value it sits in."""
    for step in steps:
        if isinstance(node, yaml.SequenceNode):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == str(step)), node)
    if error.validator == "additionalProperties" and isinstance(node, yaml.MappingNode):
        known = set(error.schema.get("properties", {}))
        unknown = (key for key, _ in node.value if key.value not in known)
        node = next(unknown, node)
    return node.start_mark.line + 1


def _twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twice(item)
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _twice(value)
