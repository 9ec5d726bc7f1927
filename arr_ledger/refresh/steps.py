"""The steps of a refresh, in order: land, audit, build, audit, render, publish.

STEPS is the list. Up to the one called ``show_release`` a failure changes nothing that anybody
reads and nothing that the next refresh starts from; from there on the release is published, and
what is left of the list is tidying that the next run does if this one does not come to it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from arr_ledger.landing import Landing, Limits, land_files
from arr_ledger.landing.files import File
from arr_ledger.refresh.accepted import accepted, hold_what_is_new, served_facts
from arr_ledger.refresh.boards import (
    NO_MONTH,
    NOT_INSTALLED,
    can_render,
    render_boards,
    show_boards,
)
from arr_ledger.refresh.build import Build, build
from arr_ledger.refresh.code import code_sha256, unit_tested_release
from arr_ledger.refresh.days import day_after_today, day_before_served
from arr_ledger.refresh.files import extracts_sha256, forget_files, keep_files
from arr_ledger.refresh.findings import empty_segments, other_segments
from arr_ledger.refresh.folders import SERVED_NAME, Folders, remove
from arr_ledger.refresh.hold import (
    ended_arr,
    kept_arr,
    moved_arr,
    moved_past_arr,
    shrunken_tables,
)
from arr_ledger.refresh.inputs import inputs_sha256
from arr_ledger.refresh.landed import (
    forget_landings,
    keep_landing,
    keep_renewal_bases,
    landed_rows,
    landing_of,
    missing_landing,
    start_from_last_landing,
)
from arr_ledger.refresh.lost import lost_arr
from arr_ledger.refresh.parsed import keep_parse_of, parse_of
from arr_ledger.refresh.policy import other_currency, other_policy, policy_of
from arr_ledger.refresh.postgres import publish_to_postgres
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.refresh.progress import Progress
from arr_ledger.refresh.publish import Release, write_release
from arr_ledger.refresh.releases import kept_releases, next_number, take_away_old
from arr_ledger.refresh.serve import (
    close_to_others,
    contents_in,
    name_release,
    read_back,
    seal,
    served_release,
    show,
    stage,
    uninterrupted,
)
from arr_ledger.refresh.stale import stale_extracts, unchanged_since


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
    with_audit: bool = True
    only_if_changed: bool = False
    with_boards: bool = True
    own_boards: Path | None = None


@dataclass(frozen=True)
class UnchangedRelease:
    """The release that is served, where the same again would be the same release."""

    facts: dict[str, Any]

    @property
    def release_id(self) -> str:
        return self.facts["release_id"]


@dataclass
class Run:
    """A refresh under way: what it was asked, and what its steps have found so far."""

    request: Request
    folders: Folders
    lock: int
    progress: Progress
    day: date
    served: dict[str, Any] = field(default_factory=dict)
    rows_before: dict[str, int] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    inputs: str = ""
    unchanged: UnchangedRelease | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    landing: Landing | None = None
    built: Build | None = None
    code: str = ""
    unit_tested: str | None = None
    release: Release | None = None
    written: Path | None = None
    audited: dict[str, str] = field(default_factory=dict)
    staged: Path | None = None
    is_served: bool = False

    def hold(self, reasons: list[str]) -> None:
        """Refuses to go on over reasons that were not accepted, now or with the served release."""
        self.reasons += reasons
        hold_what_is_new(self.reasons, self.served, self.request.accepted_reason)
        # a reason that was given for one thing accepts what is found later as well
        for reason in reasons:
            if reason not in self.served.get("accepted", {}):
                self.progress.say(f"Accepted: {reason}.")

    def clear(self) -> None:
        """Takes away what was needed on the way, and all of a release that is not served."""
        name = self.release.release_id if self.release else None
        self.folders.clear_leftovers(served=name if self.is_served else None)
        if name and not self.is_served:
            remove(self.folders.landing(name))
            remove(self.folders.hashes(name))


def close_folders_to_others(run: Run) -> None:
    """A reader who may write beside the served file changes what all readers see."""
    for folder in (run.folders.out, run.folders.releases):
        sentence = close_to_others(folder)
        if sentence:
            run.progress.say(sentence)


def start_from_the_last_release(run: Run) -> None:
    run.served = served_facts(run.folders)
    for sentence in other_policy(run.request.variables, run.served):
        run.progress.say(sentence)
    run.hold(
        day_after_today(run.request.variables)
        + day_before_served(run.day, run.served)
        + other_currency(run.request.variables, run.served)
    )
    run.rows_before = start_from_last_landing(run.folders)


def keep_extracts(run: Run) -> None:
    run.files, damaged = keep_files(run.request.extracts, run.folders, run.request.variables)
    for notice in damaged:
        run.progress.say(notice)


def stop_if_nothing_changed(run: Run) -> None:
    """The served release stays if it was made from all of the same, and its landing is there."""
    request = run.request
    of_files = extracts_sha256({file.extract.label: file.sha256 for file in run.files})
    policy = (run.day, request.variables, request.limits, request.with_audit)
    pages = (request.with_boards and can_render(), request.own_boards)
    run.inputs = inputs_sha256(of_files, *policy, *pages)
    is_same = run.served.get("inputs_sha256") == run.inputs and not missing_landing(run.folders)
    if not (request.only_if_changed and is_same):
        return
    if request.postgres:
        # it may have been changed there since
        rows = publish_to_postgres(run.folders.served, request.postgres)
        run.progress.note(postgres_rows=rows)
    run.unchanged = UnchangedRelease(run.served)
    run.progress.note(unchanged_since=run.unchanged.release_id)


def land_extracts(run: Run) -> None:
    request, folders, progress = run.request, run.folders, run.progress
    policy = (run.day, request.limits, request.variables)
    landing = land_files(run.files, folders.private, folders.copies, *policy)
    landed = landed_rows(folders)
    after = {table.name: landed[table.name] for table in landing.tables}
    rows = sum(table.rows for table in landing.tables)
    progress.note(tables=len(after), rows=rows, quarantined=landing.rows_put_aside)
    if landing.left_out:
        more = f" (and {len(landing.left_out) - 1:,} more files)" if landing.left_out[1:] else ""
        progress.say(f"{landing.left_out[0]}{more}")
    for notice in landing.notices:
        progress.say(notice)
    run.landing = landing
    reasons = shrunken_tables(run.rows_before, after) + landing.lost + missing_landing(folders)
    start = landing_of(served_release(folders), folders)
    if start is not None:
        most = request.limits.lost_value
        reasons += lost_arr(folders.served, start, folders.private, most)
    since, billing = _unchanged_since(run), landing.variables["billing_systems"]
    reasons += stale_extracts(since, run.served, run.day, billing)
    run.hold(reasons)
    run.variables = _variables(request, landing, run.day)


def audit_landed_tables(run: Run) -> None:
    if run.request.with_audit:
        run.progress.note(statements=_audited("landed", run.folders.private, run.folders))


def build_ledger(run: Run) -> None:
    folders, limits = run.folders, run.request.limits
    run.code = code_sha256(run.variables)
    run.unit_tested = unit_tested_release(folders, run.code)
    run.built = build(
        *(folders.private, run.variables, folders.work, run.lock, run.progress.advance),
        run.unit_tested is None,
        parse_of(run.code, folders),
    )
    # amounts in two currencies are not compared
    is_compared = not other_currency(run.request.variables, run.served)
    run.hold(
        (moved_arr(folders.served, folders.private) if is_compared else [])
        + (moved_past_arr(folders.served, folders.private) if is_compared else [])
        + kept_arr(folders.private, limits.kept)
        + ended_arr(folders.private, limits.ended)
    )
    for sentence in other_segments(folders.served, folders.private):
        run.progress.say(sentence)
    # the columns that a person named; what is there by default may well be empty
    for sentence in empty_segments(
        folders.private, run.request.variables.get("segment_columns", [])
    ):
        run.progress.say(sentence)
    run.progress.note(models=run.built.models, tests=run.built.tests_run)


def write_marts(run: Run) -> None:
    release = _release(run)
    tested = {"code_sha256": run.code, "release_id": run.unit_tested or release.release_id}
    run.release = replace(release, unit_tests=tested, number=next_number(run.folders))
    manifest = json.loads((run.folders.work / "target" / "manifest.json").read_text("utf-8"))
    run.written = write_release(run.folders.private, manifest, run.release, run.folders)


def audit_release(run: Run) -> None:
    file = run.written / SERVED_NAME
    if run.request.with_audit:
        run.progress.note(statements=_audited("published", file, run.folders))
        shutil.copytree(run.folders.audit, run.written / "audit")
    run.audited = contents_in(file)


def render_release(run: Run) -> None:
    """The boards are part of a release: one that cannot be rendered refuses it."""
    if not run.request.with_boards:
        return
    if not can_render():
        run.progress.say(NOT_INSTALLED)
        return
    pages = render_boards(run.written, run.request.own_boards, run.variables)
    run.progress.note(boards=pages)
    if not pages:
        run.progress.say(NO_MONTH)


def keep_what_landed(run: Run) -> None:
    keep_renewal_bases(run.folders)
    facts = json.loads((run.written / "release.json").read_text("utf-8"))
    keep_landing(run.release.release_id, run.folders, facts["file_sha256"])


def stage_release(run: Run) -> None:
    seal(run.written)
    run.staged = stage(run.written, run.folders)
    read_back(run.staged, run.audited)


def show_in_postgres(run: Run) -> None:
    if run.request.postgres:
        # refused there, it is refused here; once there, only a rename is left to be done here
        rows = publish_to_postgres(run.staged, run.request.postgres)
        run.progress.note(postgres_rows=rows)


def show_release(run: Run) -> None:
    """The one step that publishes. What readers get is read back over a connection of its own."""
    before = served_release(run.folders)
    with uninterrupted():
        show(run.staged, run.folders)
        try:
            read_back(run.folders.served, run.audited)
        except RefreshRefusedError:
            if before and (run.folders.releases / before).is_dir():
                show(stage(run.folders.releases / before, run.folders), run.folders)
            else:
                remove(run.folders.served)
            raise
        run.is_served = True
    run.progress.note(release=run.release.release_id)


def name_folder(run: Run) -> None:
    name_release(run.written, run.folders)
    if sentence := show_boards(run.folders, run.release.release_id):
        run.progress.say(sentence)


def forget_old(run: Run) -> None:
    take_away_old(run.folders, run.request.keep, run.release.release_id)
    kept = kept_releases(run.folders)
    forget_landings(run.folders, {facts["release_id"] for facts in kept})
    files = [facts.get("files", {}) for facts in kept]
    forget_files(run.folders, {sha256 for each in files for sha256 in each.values()})


def keep_parse(run: Run) -> None:
    kept = parse_of(run.code, run.folders)
    keep_parse_of(run.folders.work / "target", kept)


# the name a person sees, and what is done; torture fills the disk and kills at every one of them
STEPS: tuple[tuple[str, Callable[[Run], None]], ...] = (
    ("land", close_folders_to_others),
    ("land", start_from_the_last_release),
    ("land", keep_extracts),
    ("land", stop_if_nothing_changed),
    ("land", land_extracts),
    ("audit", audit_landed_tables),
    ("build", build_ledger),
    ("audit", write_marts),
    ("audit", audit_release),
    ("render", render_release),
    ("publish", keep_what_landed),
    ("publish", stage_release),
    ("publish", show_in_postgres),
    ("publish", show_release),
    ("publish", name_folder),
    ("publish", forget_old),
    ("publish", keep_parse),
)


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


def _unchanged_since(run: Run) -> dict[str, str]:
    files = {file.extract.label: file.sha256 for file in run.files}
    return unchanged_since(files, run.served, run.day)


def _variables(request: Request, landing: Landing, day: date) -> dict[str, Any]:
    own = landing.variables
    if not own["billing_systems"]:
        raise RefreshRefusedError(
            f"{request.extracts}: no billing system is among the extracts; add a folder such as"
            " custom_billing/."
        )
    return {**request.variables, **own, "as_of_date": f"{day}"}


def _release(run: Run) -> Release:
    now = datetime.now(UTC)
    files = {file.extract.label: file.sha256 for file in run.files}
    sha256 = extracts_sha256(files)
    tables = run.landing.tables
    return Release(
        release_id=f"{now:%Y%m%dT%H%M%S.%fZ}-{sha256[:8]}",
        built_at=f"{now:%Y-%m-%d %H:%M:%S}",
        as_of_date=run.variables["as_of_date"],
        extracts_sha256=sha256,
        project_version=version("arr-ledger"),
        duckdb_version=duckdb.__version__,
        tests_run=run.built.tests_run,
        accepted_reason=run.request.accepted_reason if run.reasons else None,
        replaces=run.served.get("release_id", ""),
        accepted=accepted(run.reasons, run.served, run.request.accepted_reason),
        landed_rows=sum(table.rows_read for table in tables),
        quarantined_rows=run.landing.rows_put_aside,
        files=files,
        inputs_sha256=run.inputs,
        is_audited=run.request.with_audit,
        unchanged_since=_unchanged_since(run),
        reporting_currency=policy_of(run.request.variables)["reporting_currency"],
        variables=policy_of(run.request.variables),
        put_aside={table.name: table.put_aside for table in tables if table.put_aside},
    )
