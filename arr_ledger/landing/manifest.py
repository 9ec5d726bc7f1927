"""What the sender of a system's files says of them: <system>/_manifest.json, which may be left out.

An upload that broke off at the end of a line is a file like any other; only its sender knows that
it had more rows.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from arr_ledger.landing.files import File
from arr_ledger.landing.folder import MANIFEST
from arr_ledger.landing.problems import LandingRefusedError, Problem, unreadable

SHAPE = '{"<file>": {"rows": 200, "sha256": "<64 hexadecimal digits>"}}'
UPLOAD = "upload the files and the manifest again"


def check_manifests(extracts: Path, files: Sequence[File]) -> list[File]:
    """The files with the rows that their manifests promise; refuses what a manifest denies."""
    promised: list[File] = []
    problems: list[Problem] = []
    for system in dict.fromkeys(file.extract.system.name for file in files):
        of_system = [file for file in files if file.extract.system.name == system]
        try:
            manifest = _read(extracts / system / MANIFEST, f"{system}/{MANIFEST}")
        except LandingRefusedError as refusal:
            problems += refusal.problems
            continue
        if manifest is None:
            promised += of_system
            continue
        problems += _problems(system, of_system, manifest)
        promised += [
            replace(file, rows=manifest.get(file.extract.file_name, {}).get("rows"))
            for file in of_system
        ]
    if problems:
        raise LandingRefusedError(problems)
    return promised


def _problems(system: str, files: Sequence[File], manifest: dict[str, dict]) -> list[Problem]:
    problems = []
    there = {file.extract.file_name: file for file in files}
    for name in sorted(there.keys() | manifest.keys()):
        label = f"{system}/{name}"
        if name not in manifest:
            what = f"is not named in {MANIFEST}"
            problems.append(Problem(label, what, "name it there, or take the file away"))
        elif name not in there:
            problems.append(Problem(label, f"is named in {MANIFEST} and is not there", UPLOAD))
        elif manifest[name]["sha256"].lower() != there[name].sha256:
            what = (
                f"is not the file that {MANIFEST} names: its SHA-256 is {there[name].sha256}, not"
                f" {manifest[name]['sha256']}"
            )
            problems.append(Problem(label, what, UPLOAD))
    return problems


def _read(path: Path, label: str) -> dict[str, dict] | None:
    """The manifest of a folder, None without one."""
    if not path.exists() and not path.is_symlink():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LandingRefusedError([unreadable(label, error)]) from None
    except ValueError as error:
        what = f"is not JSON ({' '.join(f'{error}'.split())})"
        raise LandingRefusedError([Problem(label, what, f"write {SHAPE}")]) from None
    entries = manifest.values() if isinstance(manifest, dict) else [manifest]
    if not all(_is_entry(entry) for entry in entries):
        what = "does not give every file its rows and its SHA-256"
        raise LandingRefusedError([Problem(label, what, f"write {SHAPE}")])
    return manifest


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and type(entry.get("rows")) is int
        and isinstance(entry.get("sha256"), str)
    )
