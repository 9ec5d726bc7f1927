"""What was landed is kept as it was, once per content, for as long as a release needs it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from landing_extracts import CUSTOMERS, LINES, write_extracts

from arr_ledger.landing import LandingRefusedError
from arr_ledger.refresh.files import extracts_sha256, forget_files, keep_files
from arr_ledger.refresh.folders import Folders

SHA256_OF_LINES = hashlib.sha256(LINES.encode()).hexdigest()
SHA256_OF_CUSTOMERS = hashlib.sha256(CUSTOMERS.encode()).hexdigest()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path / "out")
    folders.prepare()
    folders.work.mkdir()
    return folders


def kept(folders: Folders) -> set[str]:
    return {path.name for path in folders.files.iterdir()}


def test_every_file_is_kept_under_its_hash_and_read_from_there(
    tmp_path: Path, folders: Folders
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS)
    files, notices = keep_files(extracts, folders, {})
    assert notices == []
    assert {file.extract.label: file.sha256 for file in files} == {
        "custom_billing/customers.csv": SHA256_OF_CUSTOMERS,
        "custom_billing/subscription_lines.csv": SHA256_OF_LINES,
    }
    assert kept(folders) == {SHA256_OF_CUSTOMERS, SHA256_OF_LINES}
    write_extracts(tmp_path, subscription_lines="written while it is read")
    assert [file.path.read_text() for file in files] == [CUSTOMERS, LINES]
    assert (folders.files / SHA256_OF_LINES).stat().st_mode & 0o777 == 0o400


def test_the_same_content_is_kept_once_whatever_its_name(tmp_path: Path, folders: Folders) -> None:
    extracts = tmp_path / "extracts" / "custom_billing" / "subscription_lines"
    extracts.mkdir(parents=True)
    for name in ("may", "june"):
        (extracts / f"{name}.csv").write_text(LINES)
    files, _ = keep_files(tmp_path / "extracts", folders, {})
    assert [file.extract.label for file in files] == [
        "custom_billing/subscription_lines/june.csv",
        "custom_billing/subscription_lines/may.csv",
    ]
    assert kept(folders) == {SHA256_OF_LINES}


def test_a_damaged_copy_of_before_is_replaced_and_never_read(
    tmp_path: Path, folders: Folders
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    for damaged in (LINES[: LINES.rindex("L3")], LINES.replace("1200", "9200")):
        folders.files.mkdir(exist_ok=True)
        name = folders.files / SHA256_OF_LINES
        name.unlink(missing_ok=True)
        name.write_text(damaged)
        folders.clear_leftovers()
        folders.work.mkdir()
        ((file,), notices) = keep_files(extracts, folders, {})
        assert (file.path.read_text(), file.sha256) == (LINES, SHA256_OF_LINES)
        assert notices == [
            f"custom_billing/subscription_lines.csv: the copy kept in {name} was damaged; it was"
            " replaced."
        ]


def test_a_file_is_forgotten_with_the_last_release_made_from_it(
    tmp_path: Path, folders: Folders
) -> None:
    keep_files(write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS), folders, {})
    forget_files(folders, {SHA256_OF_LINES})
    assert kept(folders) == {SHA256_OF_LINES}


def test_the_hash_of_the_extracts_follows_names_and_contents() -> None:
    one = extracts_sha256({"a/x.csv": "1", "a/y.csv": "2"})
    assert one == extracts_sha256({"a/y.csv": "2", "a/x.csv": "1"})
    assert one != extracts_sha256({"a/x.csv": "2", "a/y.csv": "1"})
    assert one == hashlib.sha256(b"a/x.csv 1\na/y.csv 2\n").hexdigest()


def test_what_cannot_be_placed_is_refused_before_anything_is_kept(
    tmp_path: Path, folders: Folders
) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES, lines=LINES)
    with pytest.raises(LandingRefusedError, match=r"custom_billing/lines.csv: is not a known file"):
        keep_files(extracts, folders, {})
    assert kept(folders) == set()
