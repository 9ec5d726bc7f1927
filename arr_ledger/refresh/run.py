"""The steps of a refresh, in order: lock, land, build, audit, publish."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.landing import Landing, LandingRefusedError, Limits, land
from arr_ledger.refresh.accepted import accepted, hold_what_is_new, served_facts
from arr_ledger.refresh.build import Build, build
from arr_ledger.refresh.code import code_sha256, unit_tested_release
from arr_ledger.refresh.days import day_after_today, day_before_served
from arr_ledger.refresh.files import extracts_sha256, forget_files, keep_files
from arr_ledger.refresh.folders import SERVED_NAME, Folders, private_files
from arr_ledger.refresh.hold import ended_arr, kept_arr, moved_arr, shrunken_tables
from arr_ledger.refresh.landed import (
    keep_landing,
    keep_renewal_bases,
    landed_rows,
    start_from_last_landing,
)
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.machine import machine_refusals
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
from arr_ledger.refresh.releases import kept_facts, served_release
from arr_ledger.refresh.variables import check_variables, day_of


@dataclass(frozen=True)
class Request:
    """What a refresh is asked to do."""

    extracts: Path
    out: Path
    variables: dict[str, Any] = field(default_factory=dict)
    keep: int = 10
    accepted_reason: str | None = None
    limits: Limits = field(default_factory=Limits)
    # a URL that may hold a password
    postgres: str | None = field(default=None, repr=False)


def refresh(request: Request, progress: Progress) -> Release:
    """Publishes a new release, or raises and leaves the served one as it was.

    RefreshBusyError: another refresh holds the lock. RefreshRefusedError: a step failed.
    """
    folders = Folders(request.out)
    _check(request)
    with ExitStack() as held:
        with machine_refusals(request.out):
            folders.refuse_another_account()
            folders.prepare()
            held.enter_context(private_files())
            lock = held.enter_context(locked(folders.lock))
            folders.clear_leftovers()
            folders.work.mkdir()
        try:
            with machine_refusals(request.out, request.extracts):
                release = _refresh(request, folders, lock, progress)
        except (RefreshRefusedError, LandingRefusedError) as refusal:
            with machine_refusals(request.out):
                folders.keep_failed()
            raise RefreshRefusedError(_with_served(str(refusal), folders)) from None
        finally:
            folders.clear_leftovers()
        take_away_old(folders, request.keep, release.release_id)
        kept = [facts.get("files", {}) for facts in kept_facts(folders)]
        forget_files(folders, {sha256 for files in kept for sha256 in files.values()})
    return release


def _refresh(request: Request, folders: Folders, lock: int, progress: Progress) -> Release:
    if request.postgres:
        check_postgres(request.postgres)
    day = day_of(request.variables)
    served = served_facts(folders)
    with progress.step("land"):
        reasons = day_after_today(request.variables) + day_before_served(day, served)
        hold_what_is_new(reasons, served, request.accepted_reason)
        before = start_from_last_landing(folders)
        files = keep_files(request.extracts, folders)
        landing = land(folders.extracts, folders.private, day, request.limits, request.variables)
        landed = landed_rows(folders)
        after = {table.name: landed[table.name] for table in landing.tables}
        rows = sum(table.rows for table in landing.tables)
        progress.note(tables=len(after), rows=rows, put_aside=landing.rows_put_aside)
        if landing.left_out:
            more = (
                f" (and {len(landing.left_out) - 1:,} more files)" if landing.left_out[1:] else ""
            )
            progress.say(f"{landing.left_out[0]}{more}")
        for notice in landing.notices:
            progress.say(notice)
        reasons += shrunken_tables(before, after)
        hold_what_is_new(reasons, served, request.accepted_reason)
    variables = _variables(request, landing, day)
    with progress.step("audit"):
        progress.note(statements=_audited("landed", folders.private, folders))
    with progress.step("build"):
        code = code_sha256(variables)
        tested = unit_tested_release(folders, code)
        with_unit_tests = tested is None
        built = build(
            folders.private, variables, folders.work, lock, progress.advance, with_unit_tests
        )
        reasons += moved_arr(folders.served, folders.private)
        reasons += kept_arr(folders.private, request.limits.kept)
        reasons += ended_arr(folders.private, request.limits.ended)
        hold_what_is_new(reasons, served, request.accepted_reason)
        progress.note(models=built.models, tests=built.tests_run)
    accepted_reason = request.accepted_reason if reasons else None
    release = _release(variables, files, landing, built, accepted_reason)
    release = replace(release, accepted=accepted(reasons, served, accepted_reason))
    unit_tests = {"code_sha256": code, "release_id": tested or release.release_id}
    release = replace(release, unit_tests=unit_tests)
    with progress.step("audit"):
        manifest = json.loads((folders.work / "target" / "manifest.json").read_text("utf-8"))
        written = write_release(folders.private, manifest, release, folders)
        progress.note(statements=_audited("published", written / SERVED_NAME, folders))
        shutil.copytree(folders.audit, written / "audit")
    with progress.step("publish"):
        keep_renewal_bases(folders)
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


def _check(request: Request) -> None:
    check_variables(request.variables, request.extracts)
    if request.keep < 1:
        raise RefreshRefusedError("--keep: keep at least 1 release.")


def _variables(request: Request, landing: Landing, day: date) -> dict[str, Any]:
    own = landing.variables
    if not own["billing_systems"]:
        raise RefreshRefusedError(
            f"{request.extracts}: no billing system is among the extracts; add a folder such as"
            " custom_billing/."
        )
    return {**request.variables, **own, "as_of_date": f"{day}"}


def _release(
    variables: dict[str, Any],
    files: dict[str, str],
    landing: Landing,
    built: Build,
    accepted_reason: str | None,
) -> Release:
    now = datetime.now(UTC)
    sha256 = extracts_sha256(files)
    return Release(
        release_id=f"{now:%Y%m%dT%H%M%S.%fZ}-{sha256[:8]}",
        built_at=f"{now:%Y-%m-%d %H:%M:%S}",
        as_of_date=variables["as_of_date"],
        extracts_sha256=sha256,
        project_version=version("arr-ledger"),
        duckdb_version=duckdb.__version__,
        tests_run=built.tests_run,
        accepted_reason=accepted_reason,
        landed_rows=sum(table.rows_read for table in landing.tables),
        quarantined_rows=landing.rows_put_aside,
        files=files,
        put_aside={table.name: table.put_aside for table in landing.tables if table.put_aside},
    )


def _with_served(message: str, folders: Folders) -> str:
    served = served_release(folders)
    still = f"Still served: release {served}." if served else "No release was ever published here."
    return f"{message}\n{still}"
