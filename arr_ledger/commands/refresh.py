"""arr-ledger refresh, releases and rollback: what they are asked and what they print."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arr_ledger.commands.config import config_option, configured_variables
from arr_ledger.commands.options import (
    extracts_option,
    json_option,
    out_option,
    own_boards_option,
    postgres_option,
    release_limits,
    vars_option,
)

if TYPE_CHECKING:
    from arr_ledger.landing import Limits
    from arr_ledger.refresh.publish import Release
    from arr_ledger.refresh.releases import KeptRelease

EXIT_CODES = {"published": 0, "unchanged": 0, "refused": 1, "busy": os.EX_TEMPFAIL}


@click.command("refresh")
@config_option("extracts", "out", "vars", "limits", "keep", "audit", "boards", "postgres", "notify")
@extracts_option
@out_option
@vars_option
@click.option("--keep", default=10, help="Releases to keep for a rollback (default: 10).")
@click.option("--accept", "reason", help="Publish a blocked release, with this reason on record.")
@click.option(
    "--force", "is_forced", is_flag=True, help="Build even if nothing changed since the release."
)
@click.option(
    "--audit/--no-audit",
    "with_audit",
    default=True,
    help="Audit landed data and the release with Great Expectations (default: --audit).",
)
@click.option(
    "--boards/--no-boards",
    "with_boards",
    default=True,
    help="Render the boards of the release (default: --boards).",
)
@own_boards_option
@release_limits
@postgres_option
@click.option(
    "--notify",
    "notify_command",
    metavar="COMMAND",
    help="Command that receives the outcome as JSON on its standard input.",
)
@json_option
def refresh_command(
    extracts: Path,
    out: Path,
    variables: str,
    keep: int,
    reason: str | None,
    is_forced: bool,
    with_audit: bool,
    with_boards: bool,
    own_boards: Path | None,
    limits: Limits,
    postgres: str | None,
    notify_command: str | None,
    as_json: bool,
) -> None:
    """Land, build, test and publish; readers see the new release whole or the one before it.

    Options that stay the same stand in arr_ledger.yml: see `arr-ledger init`.

    Exit code 0: published, or nothing changed. 1: refused, nothing changed. 75: another refresh
    is running.
    """
    from dataclasses import asdict

    from arr_ledger.coverage import uncovered_told
    from arr_ledger.problems import BusyError, RefusedError
    from arr_ledger.refresh.findings import findings_of
    from arr_ledger.refresh.folders import Folders
    from arr_ledger.refresh.notify import notify
    from arr_ledger.refresh.progress import Progress
    from arr_ledger.refresh.run import refresh
    from arr_ledger.refresh.steps import Request, UnchangedRelease
    from arr_ledger.refresh.variables import parsed

    progress = Progress(is_silent=as_json)
    ended: Exception | None = None
    said: list[str] = []
    try:
        given = {**configured_variables(), **parsed(variables)}
        request = Request(
            *(extracts, out, given, keep, reason, limits, postgres),
            with_audit=with_audit,
            only_if_changed=not is_forced,
            with_boards=with_boards,
            own_boards=own_boards,
        )
        release = refresh(request, progress)
        outcome: dict[str, Any]
        if isinstance(release, UnchangedRelease):
            outcome = {"status": "unchanged", "release": release.facts}
            said = [f"Nothing changed since release {release.release_id}, still served from {out}."]
        else:
            findings = findings_of(Folders(out).served)
            missing = uncovered_told(Folders(out).served)
            outcome = {"status": "published", "release": asdict(release), "findings": findings}
            outcome["marts_without_data"] = missing
            said = [*_published(release, out, findings), *missing]
    except (BusyError, RefusedError) as error:
        ended = error
        status = "busy" if isinstance(error, BusyError) else "refused"
        outcome = {"status": status, "reason": str(error)}
    except Exception as error:
        reason = f"unexpected error: {type(error).__name__}; see its traceback"
        outcome = {"status": "failed", "reason": reason, "steps": progress.steps}
        if notify_command and (trouble := notify(notify_command, outcome)):
            click.echo(trouble, err=True)
        raise
    outcome["steps"] = progress.steps
    trouble = notify(notify_command, outcome) if notify_command else None
    if ended and not as_json:
        # after the first line, which says why it ended
        raise type(ended)(f"{ended}\n{trouble}" if trouble else str(ended))
    click.echo(json.dumps(outcome) if as_json else "\n".join(said))
    if trouble:
        click.echo(trouble, err=True)
    sys.exit(EXIT_CODES[outcome["status"]])


@click.command("releases")
@config_option("out")
@out_option
@json_option
def releases_command(out: Path, as_json: bool) -> None:
    """List the releases that are kept, newest first; the served one is marked."""
    from arr_ledger.refresh.folders import Folders
    from arr_ledger.refresh.releases import list_releases, strangers

    kept = list_releases(out)
    for sentence in strangers(Folders(out)):
        click.echo(f"Notice: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps([{**each.facts, "is_served": each.is_served} for each in kept]))
        return
    for each in kept:
        click.echo(_listed(each))


@click.command("rollback")
@config_option("out", "postgres")
@out_option
@click.option(
    "--to", "release_id", help="Release to restore (default: the one that the served one replaced)."
)
@postgres_option
def rollback_command(out: Path, release_id: str | None, postgres: str | None) -> None:
    """Serve an earlier release again."""
    from arr_ledger.refresh.releases import roll_back

    release = roll_back(out, release_id, postgres)
    for notice in release.notices:
        click.echo(f"Notice: {notice}", err=True)
    click.echo(f"Release {release.release_id} is served again from {out}.")


def _listed(each: KeptRelease) -> str:
    mark = "served" if each.is_served else ""
    return f"{each.release_id}  as of {each.facts['as_of_date']}  {mark}".rstrip()


def _published(release: Release, out: Path, findings: dict[str, dict[str, int | str]]) -> list[str]:
    from arr_ledger.problems import counted
    from arr_ledger.refresh.findings import findings_told

    tests = counted(release.tests_run, "test")
    first = f"Published release {release.release_id} in {out}: {tests} passed."
    return [first, *findings_told(findings)]
