"""dbt gives a unit test no graph, so those of staging say what is declared and what has landed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
MODELS = [
    path
    for path in sorted((PROJECT / "models" / "staging").rglob("stg_*.sql"))
    if re.search(r"extract_once\(|repeated_keys\(", path.read_text())
]
LOADED_AT = "_fivetran_synced"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def declared(extract: str) -> list[dict]:
    """The columns of a sample extract, as the property file of its source has them."""
    system, table = extract.removeprefix("sample_").split("__")
    (path,) = (PROJECT / "models" / "staging").rglob(f"_{system}__sources.yml")
    (source,) = read(path)["sources"]
    (columns,) = [each["columns"] for each in source["tables"] if each["name"] == table]
    return [as_read(column) for column in columns]


def as_read(column: dict) -> dict:
    meta = column.get("config", {}).get("meta", {})
    told = {"name": column["name"], "data_type": column["data_type"]}
    told |= {"quote": True, "read_as": meta["read_as"]} if column.get("quote") else {}
    return told | ({"is_key": True} if meta.get("is_key") else {})


def landed(extract: str, columns: list[dict]) -> list[str]:
    """What a sample extract has of the columns, and when the loader wrote a row."""
    header = next((PROJECT / "seeds").rglob(f"{extract}.csv")).open(encoding="utf-8").readline()
    names = header.strip().replace('"', "").split(",")
    read_names = [column["name"] for column in columns if column["name"] in names]
    is_dated = LOADED_AT in names and LOADED_AT not in read_names
    return [*read_names, *([LOADED_AT] if is_dated else [])]


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_unit_tests_read_an_extract_as_it_is_declared(model: Path) -> None:
    tests = read(model.with_name(f"{model.stem}__unit_tests.yml"))["unit_tests"]
    for test in tests:
        inputs = [
            re.fullmatch(r"ref\('(\w+)'\)", given["input"]).group(1) for given in test["given"]
        ]
        (extract,) = [name for name in inputs if name.startswith("sample_")]
        macros = test["overrides"]["macros"]
        assert macros["arr_ledger.columns_to_read"] == declared(extract)
        assert macros["arr_ledger.landed_columns"] == landed(extract, declared(extract))
