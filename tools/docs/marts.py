"""A page per mart out of the manifest of dbt: grain, columns and lineage down to the extracts."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

SAMPLE = re.compile(r"^sample_(\w+?)__(\w+)$")
GRAIN = re.compile(r"\A-- Grain: (.*(?:\n-- .*)*)")


class Marts:
    """The marts of a manifest, and of a catalog if there is one."""

    def __init__(self, manifest: dict[str, Any], catalog: dict[str, Any] | None = None) -> None:
        self._nodes = manifest["nodes"] | manifest["sources"]
        self._boards = manifest["exposures"].values()
        self._catalog = (catalog or {}).get("nodes", {})
        self._children = defaultdict(list)
        for name, node in self._nodes.items():
            for parent in node.get("depends_on", {}).get("nodes", []):
                self._children[parent].append(name)
        self.by_name = {
            node["name"]: node
            for node in self._nodes.values()
            if node["resource_type"] == "model" and node["fqn"][1] == "marts"
        }

    def module(self, mart: str) -> str:
        return self.by_name[mart]["fqn"][2]

    def index(self, has_page_of_dbt: bool) -> str:
        """The list of marts by module."""
        modules = defaultdict(list)
        for mart in self.by_name:
            modules[self.module(mart)].append(mart)
        lines = ["# Marts", "", "Every mart: its columns, its grain, the extracts behind it.", ""]
        if has_page_of_dbt:
            lines += ["[All models, columns and tests as dbt shows them](../dbt.html).", ""]
        for module, marts in sorted(modules.items()):
            lines += [f"## {module}", "", "| mart | grain |", "|---|---|"]
            lines += [f"| [`{mart}`]({mart}.md) | {self.grain(mart)} |" for mart in sorted(marts)]
            lines.append("")
        return "\n".join(lines)

    def grain(self, mart: str) -> str:
        found = GRAIN.match(self.by_name[mart]["raw_code"])
        return _cell(re.sub(r"\n-- ", " ", found[1])) if found else ""

    def page(self, mart: str) -> str:
        node = self.by_name[mart]
        lines = [f"# {mart}", "", node["description"].strip(), ""]
        lines += [f"- Grain: {self.grain(mart)}", f"- Module: `{self.module(mart)}`"]
        lines += [f"- Stored as: {node['config']['materialized']}", ""]
        lines += ["## Columns", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {kind} | {_cell(text)} |" for name, kind, text in self.columns(mart)
        ]
        return "\n".join([*lines, "", "## Lineage", "", *self._lineage(node), ""])

    def columns(self, mart: str) -> list[tuple[str, str, str]]:
        """Name, type and meaning; the catalog adds the columns that a variable names."""
        node = self.by_name[mart]
        catalog = self._catalog.get(node["unique_id"], {}).get("columns", {})
        types = {name.lower(): each["type"].lower() for name, each in catalog.items()}
        declared = {
            name: (each.get("data_type") or types.get(name, ""), each["description"])
            for name, each in node["columns"].items()
        }
        further = {
            name: (kind, "Column of the variable `segment_columns`.")
            for name, kind in types.items()
            if name not in declared
        }
        return [(name, *rest) for name, rest in (declared | further).items()]

    def _lineage(self, node: dict[str, Any]) -> list[str]:
        parents = node["depends_on"]["nodes"]
        lines = ["Made of " + _named(self._link(each) for each in parents) + ".", ""]
        lines += ["| system | extracts it goes back to |", "|---|---|"]
        lines += [
            f"| {system} | {_named(f'`{table}`' for table in tables)} |"
            for system, tables in sorted(self.extracts(node["unique_id"]).items())
        ]
        readers = [each for each in self._children[node["unique_id"]] if each.startswith("model.")]
        if readers:
            lines += ["", "Read by " + _named(self._link(each) for each in readers) + "."]
        boards = [
            each["label"]
            for each in self._boards
            if node["unique_id"] in each["depends_on"]["nodes"]
        ]
        if boards:
            lines += ["", f"On the [boards](../how_to/read_the_boards.md) {_named(boards)}."]
        return lines

    def extracts(self, unique_id: str) -> dict[str, set[str]]:
        """System -> its tables behind the mart; ``reference`` for the seeds of the project."""
        found, seen, waiting = defaultdict(set), set(), [unique_id]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self._nodes:
                continue
            seen.add(name)
            node = self._nodes[name]
            if node["resource_type"] == "source":
                found[node["source_name"].removeprefix("raw_")].add(node["name"])
            elif node["resource_type"] == "seed":
                sample = SAMPLE.match(node["name"])
                system, table = sample.groups() if sample else ("reference", node["name"])
                found[system].add(table)
            else:
                waiting += node["depends_on"]["nodes"]
        return dict(found)

    def _link(self, unique_id: str) -> str:
        name = unique_id.split(".")[-1]
        return f"[`{name}`]({name}.md)" if name in self.by_name else f"`{name}`"


def _named(names: Any) -> str:
    return ", ".join(sorted(set(names)))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
