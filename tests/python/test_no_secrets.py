"""No secret stands in the repository, nor in what a build leaves behind."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from secrets_of_the_machine import files_with_a_secret

from arr_ledger.landing.declared import PROJECT_FOLDER

KEYS = re.compile(
    "|".join(
        (
            r"-----BEGIN [A-Z ]*PRIVATE KEY",
            r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
            r"\bgh[opsu]_[A-Za-z0-9]{36}",
            r"\bgithub_pat_\w{60}",
            r"\bglpat-[\w-]{20}",
            r"\bxox[abprs]-[\w-]{10}",
            r"\b[rs]k_live_[A-Za-z0-9]{16}",
            r"\bwhsec_[A-Za-z0-9]{24}",
            r"\bAIza[\w-]{35}",
            r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.",
            r"\bpypi-[\w-]{40}",
        )
    )
)
EXAMPLES = (
    "AK" + "IA" + "B" * 16,
    "gh" + "p_" + "a1" * 18,
    "sk" + "_live_" + "4e" * 10,
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "xo" + "xb-1234567890",
)


@pytest.mark.parametrize("key", EXAMPLES)
def test_what_looks_like_a_key_is_recognised(key: str) -> None:
    assert KEYS.search(f"token = '{key}'")


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
        found += [f"{path.name}: {match[0][:12]}..." for match in KEYS.finditer(text)]
    assert found == []


def test_a_build_with_secrets_in_its_environment_leaves_none_in_target_or_logs(
    sample_database: Path,
) -> None:
    folder = sample_database.parent
    assert (folder / "target" / "manifest.json").exists()
    assert files_with_a_secret(folder) == []
