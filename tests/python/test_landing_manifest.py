"""A manifest beside the extracts names every file with its rows and its hash, or is left out."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from landing_extracts import CUSTOMERS, LINES, write_extracts

from arr_ledger.landing import LandingRefusedError, land

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how_to" / "connect_your_billing_system.md"
AGAIN = "; upload the files and the manifest again."


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entry(text: str, rows: int) -> dict[str, object]:
    return {"rows": rows, "sha256": sha256(text)}


WHOLE = {"subscription_lines.csv": entry(LINES, 3), "customers.csv": entry(CUSTOMERS, 2)}


def problems_of(folder: Path, manifest: object) -> list[str]:
    extracts = write_extracts(folder, subscription_lines=LINES, customers=CUSTOMERS)
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    (extracts / "custom_billing" / "_manifest.json").write_text(text)
    try:
        land(extracts, folder / "x.duckdb")
    except LandingRefusedError as refusal:
        assert not (folder / "x.duckdb").exists()
        return [f"{problem}" for problem in refusal.problems]
    return []


def test_files_that_are_what_their_manifest_says_land(tmp_path: Path) -> None:
    assert problems_of(tmp_path, WHOLE) == []
    assert (tmp_path / "x.duckdb").exists()


def test_a_file_that_broke_off_at_the_end_of_a_line_is_refused(tmp_path: Path) -> None:
    sent = LINES + LINES.splitlines(keepends=True)[-1].replace("L3", "L4")
    assert problems_of(tmp_path, WHOLE | {"subscription_lines.csv": entry(sent, 4)}) == [
        "custom_billing/subscription_lines.csv: is not the file that _manifest.json names: its"
        f" SHA-256 is {sha256(LINES)}, not {sha256(sent)}{AGAIN}"
    ]


def test_a_file_that_was_short_before_it_was_hashed_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, WHOLE | {"subscription_lines.csv": entry(LINES, 40)}) == [
        "custom_billing/subscription_lines.csv: has 3 rows, _manifest.json says 40; upload the file"
        " and the manifest again."
    ]


def test_a_file_that_is_missing_or_not_named_is_refused(tmp_path: Path) -> None:
    named = {"subscription_lines.csv": entry(LINES, 3), "products.csv": entry("x", 1)}
    assert problems_of(tmp_path, named) == [
        "custom_billing/customers.csv: is not named in _manifest.json; name it there, or take the"
        " file away.",
        f"custom_billing/products.csv: is named in _manifest.json and is not there{AGAIN}",
    ]


@pytest.mark.parametrize(
    ("manifest", "what"),
    [
        ("{", "is not JSON ("),
        ("[]", "does not give every file its rows and its SHA-256; write {"),
        ('{"a": 1}', "does not give every file its rows and its SHA-256; write {"),
        ('{"a": {"rows": "3", "sha256": "x"}}', "does not give every file its rows and its SHA"),
        ('{"a": {"rows": 3}}', "does not give every file its rows and its SHA-256; write {"),
        ("\x00\x01", "is not JSON ("),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(
    tmp_path: Path, manifest: str, what: str
) -> None:
    (problem,) = problems_of(tmp_path, manifest)
    assert problem.startswith(f"custom_billing/_manifest.json: {what}")


def test_the_parts_of_a_table_are_named_with_their_folder(tmp_path: Path) -> None:
    parts = write_extracts(tmp_path) / "custom_billing" / "subscription_lines"
    parts.mkdir()
    (parts / "may.csv").write_text(LINES)
    manifest = {"subscription_lines/may.csv": entry(LINES, 3)}
    (parts.parent / "_manifest.json").write_text(json.dumps(manifest))
    assert land(tmp_path / "extracts", tmp_path / "x.duckdb").tables[0].rows == 3


def test_the_recipe_of_the_page_writes_a_manifest_that_is_accepted(tmp_path: Path) -> None:
    (recipe,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    rows = LINES.replace('"a, b"', '"a,\nb"')  # a record of two lines
    extracts = write_extracts(tmp_path, subscription_lines=rows, customers=CUSTOMERS)
    python = ROOT / ".venv" / "bin" / "python"
    command = recipe.replace("uv run python", str(python))
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
    manifest = json.loads((extracts / "custom_billing" / "_manifest.json").read_text())
    assert manifest == WHOLE | {"subscription_lines.csv": entry(rows, 3)}
    assert land(extracts, tmp_path / "x.duckdb").tables[1].rows == 3
    (extracts / "custom_billing" / "customers.csv").write_text(CUSTOMERS.replace("C2,,\n", ""))
    with pytest.raises(LandingRefusedError, match=r"customers.csv: is not the file that _manifest"):
        land(extracts, tmp_path / "y.duckdb")
