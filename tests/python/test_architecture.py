"""Modules are folders, their edges run one way, and docs/architecture.md says so."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pytest

from arr_ledger import coverage

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "architecture.md").read_text()
SWITCH = re.compile(r"^\{\{ config\(enabled=is_on\('(\w+)'(?:, \[(.*?)\])?\)\) \}\}$", re.MULTILINE)
# a need of a model, and the words in which a user reads it
WORDS = {
    "crm": {coverage.CRM, coverage.SOURCED, coverage.OWNERS, coverage.CONTACTS},
    "health_system": {coverage.HEALTH},
    "invoices": {coverage.INVOICES, coverage.VENDOR_MRR},
    "post_sale_expenses": {coverage.EXPENSES},
}
MOST_MODELS, MOST_LEVELS = 226, 27


@pytest.fixture(scope="module")
def manifest(sample_database: Path) -> dict:
    return json.loads((sample_database.parent / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest: dict) -> dict[str, dict]:
    return {
        name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }


def parents(models: dict[str, dict], name: str) -> list[str]:
    return [each for each in models[name]["depends_on"]["nodes"] if each in models]


def module(node: dict) -> str:
    return node["tags"][0]


def test_a_folder_is_of_one_module_and_the_page_lists_it(models: dict[str, dict]) -> None:
    folders = defaultdict(set)
    for node in models.values():
        folders["/".join(node["fqn"][1:3])].add(module(node))
    assert {folder: found for folder, found in folders.items() if len(found) > 1} == {}
    listed = {
        folder: name
        for name, cells in re.findall(r"^\| `(\w+)` \| (`.*?`) \|", PAGE, re.MULTILINE)
        for folder in re.findall(r"`([\w/]+)`", cells)
    }
    assert listed == {folder: found.pop() for folder, found in folders.items()}


def test_modules_stand_on_each_other_as_the_page_draws_it_and_never_in_a_circle(
    models: dict[str, dict],
) -> None:
    edges = {
        (module(models[parent]), module(node))
        for name, node in models.items()
        for parent in parents(models, name)
        if module(models[parent]) != module(node)
    }
    assert set(re.findall(r"^    (\w+) --> (\w+)$", PAGE, re.MULTILINE)) == edges
    graph = defaultdict(set)
    for below, above in edges:
        graph[above].add(below)
    assert next(iter(TopologicalSorter(graph).static_order())) == "core"


def test_a_model_that_nothing_reads_is_a_mart(manifest: dict, models: dict[str, dict]) -> None:
    read = {
        each
        for node in manifest["nodes"].values()
        for each in node["depends_on"].get("nodes", ())
        if "test_metadata" not in node
    }
    unread = {node["name"] for name, node in models.items() if name not in read}
    assert {name for name in unread if not name.startswith(("dim_", "fct_", "rpt_"))} == set()


def test_the_house_grows_neither_higher_nor_wider_unnoticed(models: dict[str, dict]) -> None:
    @cache
    def level(name: str) -> int:
        return 1 + max((level(each) for each in parents(models, name)), default=0)

    assert len(models) <= MOST_MODELS
    assert max(level(name) for name in models) <= MOST_LEVELS


def switch(path: Path) -> tuple[str, list[str]]:
    """The module of a model and what else it needs, as its head says; core if it is silent."""
    found = SWITCH.search(path.read_text())
    return (found[1], re.findall(r"\w+", found[2] or "")) if found else ("core", [])


def test_every_model_says_at_its_head_which_module_switches_it() -> None:
    modules = set(re.findall(r"^\| `(\w+)` \| `", PAGE, re.MULTILINE)) - {"core"}
    wrong = {
        path.name: switch(path)[0]
        for layer in ("intermediate", "marts")
        for path in (PROJECT / "models" / layer).rglob("*.sql")
        if (path.relative_to(PROJECT / "models" / layer).parts[0] in modules)
        != (switch(path)[0] != "core")
        or switch(path)[0] not in ("core", path.parent.name)
    }
    assert wrong == {}


def test_what_a_mart_needs_is_said_to_a_user_in_the_words_of_that_input() -> None:
    for path in (PROJECT / "models" / "marts").rglob("*.sql"):
        module, needs = switch(path)
        if module == "restatements":
            words = {coverage.CLOSED}
        else:
            inputs = [need for need in needs if need in WORDS]
            words = WORDS[inputs[-1]] if inputs else {None, coverage.EARLIER}
        assert coverage.NEEDS.get(module, {}).get(path.stem) in words, path.stem


def test_a_column_of_a_mart_that_holds_nulls_says_when(
    models: dict[str, dict], sample_database: Path
) -> None:
    silent = []
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        for node in (each for each in models.values() if "marts" in each["fqn"]):
            counts = ", ".join(f'count(*) > count("{name}")' for name in node["columns"])
            found = connection.execute(f"select {counts} from marts.{node['name']}").fetchone()
            silent += [
                f"{node['name']}.{column['name']}"
                for column, has_nulls in zip(node["columns"].values(), found or (), strict=True)
                if has_nulls and not re.search("[Nn]ull|[Ee]mpty", column["description"])
            ]
    assert silent == []


def test_one_macro_decides_with_which_arr_an_account_is_a_customer() -> None:
    # ARR of lines, terms and product families is not that of an account
    decided = re.compile(
        r"\b(?:customer_arr|customer_change|first_month_arr|account_arr|current_arr|ending_arr"
        r"|bases\.arr|nows\.arr|balances\.arr)\b[^,{}]*?(?:>=?|<=?|<>) 0\b"
    )
    found = [
        f"{path.stem}: {line.strip()}"
        for path in (PROJECT / "models").rglob("*.sql")
        for line in path.read_text(encoding="utf-8").splitlines()
        if decided.search(line)
    ]
    # rows that hold nothing are left out of sums
    assert found == ["fct_arr_by_segments_monthly: balances.arr <> 0"]
