"""No secret stands in the repository, nor in what a build leaves behind."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from secrets_of_the_machine import files_with_a_secret

from arr_ledger.landing.declared import PROJECT_FOLDER

# how a key begins, and how it goes on
KEYS = {
    "-----BEGIN ": r"[A-Z ]*PRIVATE KEY",
    "AKIA": r"[A-Z0-9]{16}\b",
    "ASIA": r"[A-Z0-9]{16}\b",
    "ghp_": r"[A-Za-z0-9]{36}",
    "gho_": r"[A-Za-z0-9]{36}",
    "ghs_": r"[A-Za-z0-9]{36}",
    "github_pat_": r"\w{60}",
    "glpat-": r"[\w-]{20}",
    "xox": r"[abprs]-[\w-]{10}",
    "sk_live_": r"[A-Za-z0-9]{16}",
    "rk_live_": r"[A-Za-z0-9]{16}",
    "whsec_": r"[A-Za-z0-9]{24}",
    "AIza": r"[\w-]{35}",
    "eyJ": r"[\w-]{16,}\.eyJ[\w-]{16,}\.",
    "pypi-": r"[\w-]{40}",
}
EXAMPLES = (
    "AK" + "IA" + "B" * 16,
    "gh" + "p_" + "a1" * 18,
    "sk" + "_live_" + "4e" * 10,
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "xo" + "xb-1234567890",
)


def keys_in(text: str) -> list[str]:
    """The beginnings of what looks like a key."""
    begun = [(start, rest) for start, rest in KEYS.items() if start in text]
    return [start for start, rest in begun if re.search(rf"(?<!\w){start}{rest}", text)]


@pytest.mark.parametrize("key", EXAMPLES)
def test_what_looks_like_a_key_is_recognised(key: str) -> None:
    assert len(keys_in(f"token = '{key}'")) == 1


def test_no_tracked_file_holds_a_key_or_is_one() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT_FOLDER, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout: there is no list of tracked files")
    paths = [PROJECT_FOLDER / name for name in listed.stdout.decode().split("\0") if name]
    assert len(paths) > 500
    is_key_file = re.compile(r"(?:^|/)(?:\.env|\.pgpass|.*\.(?:pem|p12|key)|id_[a-z0-9]+)$")
    found = [path.name for path in paths if is_key_file.search(path.as_posix())]
    for path in (each for each in paths if each.is_file()):
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.name}: {start}..." for start in keys_in(text)]
    assert found == []


def test_a_build_with_secrets_in_its_environment_leaves_none_in_target_or_logs(
    sample_database: Path,
) -> None:
    folder = sample_database.parent
    assert (folder / "target" / "manifest.json").exists()
    assert files_with_a_secret(folder) == []
