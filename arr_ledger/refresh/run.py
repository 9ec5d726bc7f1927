"""The steps of a refresh, in order: lock, land, build, audit, publish."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.landing import LandingRefusedError, land
from arr_ledger.refresh.build import Build, build
from arr_ledger.refresh.folders import SERVED_NAME, Folders
from arr_ledger.refresh.hold import hold_back, moved_arr, shrunken_tables
from arr_ledger.refresh.landed import keep_landing, start_from_last_landing
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.postgres import check_postgres, publish_to_postgres
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.refresh.progress import Progress
from arr_ledger.refresh.publish import (
    Release,
    finish_release,
    show,
    stage,
    take_away_old,
    write_release,
)
from arr_ledger.refresh.releases import served_release
from arr_ledger.refresh.variables import check_variables, zone


@dataclass(frozen=True)
class Request:
    """What a refresh is asked to do."""

    extracts: Path
    out: Path
    variables: dict[str, Any] = field(default_factory=dict)
    keep: int = 10
    accepted_reason: str | None = None
    # a URL that may hold a password
    postgres: str | None = field(default=None, repr=False)


def refresh(request: Request, progress: Progress) -> Release:
    """Publishes a new release, or raises and leaves the served one as it was.

    RefreshBusyError: another refresh holds the lock. RefreshRefusedError: a step failed.
    """
    folders = Folders(request.out)
    _check(request)
    folders.prepare()
    with locked(folders.lock) as lock:
        folders.clear_leftovers()
        folders.work.mkdir()
        try:
            release = _refresh(request, folders, lock, progress)
        except (RefreshRefusedError, LandingRefusedError) as refusal:
            folders.keep_failed()
            raise RefreshRefusedError(_with_served(str(refusal), folders)) from None
        finally:
            folders.clear_leftovers()
        take_away_old(folders, request.keep, release.release_id)
    return release


def _refresh(request: Request, folders: Folders, lock: int, progress: Progress) -> Release:
    if request.postgres:
        check_postgres(request.postgres)
    with progress.step("land"):
        before = start_from_last_landing(folders)
        landing = land(request.extracts, folders.private)
        after = {table.name: table.rows for table in landing.tables}
        reasons = shrunken_tables(before, after)
        hold_back(reasons, request.accepted_reason)
        sha256 = extracts_sha256(request.extracts)
        progress.note(tables=len(after), rows=sum(after.values()))
    variables = _variables(request, landing.variables)
    with progress.step("audit"):
        progress.note(statements=_audited("landed", folders.private, folders))
    with progress.step("build"):
        built = build(folders.private, variables, folders.work, lock, progress.advance)
        reasons += moved_arr(folders.served, folders.private)
        hold_back(reasons, request.accepted_reason)
        progress.note(models=built.models, tests=built.tests_run)
    release = _release(variables, sha256, built, request.accepted_reason if reasons else None)
    with progress.step("audit"):
        manifest = json.loads((folders.work / "target" / "manifest.json").read_text("utf-8"))
        written = write_release(folders.private, manifest, release, folders)
        progress.note(statements=_audited("published", written / SERVED_NAME, folders))
        shutil.copytree(folders.audit, written / "audit")
    with progress.step("publish"):
        staged = stage(written, folders)
        if request.postgres:
            # refused there, it is refused here; once there, only renames are left to be done here
            progress.note(postgres_rows=publish_to_postgres(staged, request.postgres))
        finish_release(written, folders)
        show(staged, folders)
        keep_landing(folders)
        progress.note(release=release.release_id)
    return release


def _audited(border: str, database: Path, folders: Folders) -> int:
    """How many statements held; RefreshRefusedError names the first that does not."""
    # the library behind it takes seconds to import, which no other command should wait for
    from arr_ledger.audit import audit_landed, audit_published

    audit = {"landed": audit_landed, "published": audit_published}[border]
    try:
        return audit(database, folders.audit)
    except RefreshRefusedError as refusal:
        pages = folders.failed / "audit" / "index.html"
        raise RefreshRefusedError(f"{refusal}\nAll statements: {pages}") from None


def extracts_sha256(extracts: Path) -> str:
    """One hash over every file of every system: names and contents."""
    digest = hashlib.sha256()
    for path in sorted(extracts.glob("*/*")):
        if path.is_file() and not path.name.startswith("."):
            with path.open("rb") as content:
                of_file = hashlib.file_digest(content, "sha256").hexdigest()
            digest.update(f"{path.relative_to(extracts).as_posix()} {of_file}\n".encode())
    return digest.hexdigest()


def _check(request: Request) -> None:
    check_variables(request.variables, request.extracts)
    if request.keep < 1:
        raise RefreshRefusedError("--keep: keep at least 1 release.")


def _variables(request: Request, own: dict[str, Any]) -> dict[str, Any]:
    """The variables of the build; the day is fixed here, so that midnight changes nothing."""
    if not own["billing_systems"]:
        raise RefreshRefusedError(
            f"{request.extracts}: no billing system is among the extracts; add a folder such as"
            " custom_billing/."
        )
    variables = {**request.variables, **own}
    if not variables.get("as_of_date"):
        variables["as_of_date"] = f"{datetime.now(zone(variables)):%Y-%m-%d}"
    return variables


def _release(
    variables: dict[str, Any], sha256: str, built: Build, accepted_reason: str | None
) -> Release:
    now = datetime.now(UTC)
    return Release(
        release_id=f"{now:%Y%m%dT%H%M%S.%fZ}-{sha256[:8]}",
        built_at=f"{now:%Y-%m-%d %H:%M:%S}",
        as_of_date=variables["as_of_date"],
        extracts_sha256=sha256,
        project_version=version("arr-ledger"),
        duckdb_version=duckdb.__version__,
        tests_run=built.tests_run,
        accepted_reason=accepted_reason,
    )


def _with_served(message: str, folders: Folders) -> str:
    served = served_release(folders)
    still = f"Still served: release {served}." if served else "No release was ever published here."
    return f"{message}\n{still}"
