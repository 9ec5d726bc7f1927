"""arr-ledger refresh, releases and rollback: what they are asked and what they print."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import click

from arr_ledger.landing import Limits
from arr_ledger.landing.commands import limits_options, share_option
from arr_ledger.paths import FOLDER
from arr_ledger.refresh.findings import findings_of, findings_told
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.notify import notify
from arr_ledger.refresh.postgres import POSTGRES_VARIABLE
from arr_ledger.refresh.problems import RefreshBusyError, RefreshRefusedError
from arr_ledger.refresh.progress import Progress
from arr_ledger.refresh.publish import Release
from arr_ledger.refresh.releases import list_releases, roll_back, strangers
from arr_ledger.refresh.run import refresh
from arr_ledger.refresh.steps import Request
from arr_ledger.refresh.variables import parsed

EXIT_CODES = {"published": 0, "refused": 1, "busy": os.EX_TEMPFAIL}
out_option = click.option(
    "--out", required=True, type=FOLDER, help="Folder that holds arr_ledger.duckdb and releases/."
)
postgres_option = click.option(
    "--postgres",
    metavar="URL",
    envvar=POSTGRES_VARIABLE,
    help="Publish to this Postgres too; ARR_LEDGER_POSTGRES keeps a password off the process list.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command("refresh")
@click.option(
    "--extracts", required=True, type=FOLDER, help="Folder that holds <system>/<table>.csv."
)
@out_option
@click.option("--vars", "variables", default="{}", help="Policy variables, as YAML or JSON.")
@click.option("--keep", default=10, show_default=True, help="Releases kept for a rollback.")
@click.option("--accept", "reason", help="Why a release that is held back is right; recorded.")
@limits_options
@share_option(
    "--most-value-kept",
    0.005,
    "Share of ARR that may rest on the last good versions of rows that are faulty now.",
)
@share_option(
    "--most-value-ended",
    0.05,
    "Share of ARR that may have ended since the last line that starts, where data ends.",
)
@share_option(
    "--most-value-lost",
    0.005,
    "Share of the served ARR that rows may carry which are missing since the last landing.",
)
@postgres_option
@click.option(
    "--notify", "command", help="Command that gets the outcome as JSON on its standard input."
)
@json_option
def refresh_command(
    extracts: Path,
    out: Path,
    variables: str,
    keep: int,
    reason: str | None,
    limits: Limits,
    most_value_kept: float,
    most_value_ended: float,
    most_value_lost: float,
    postgres: str | None,
    command: str | None,
    as_json: bool,
) -> None:
    """Land, build, test and publish; readers see the new release whole or the one before it.

    Exit code 0: published. 1: refused, nothing changed. 75: another refresh is running.
    """
    progress = Progress(is_silent=as_json)
    ended: Exception | None = None
    try:
        limits = replace(
            limits,
            kept=Decimal(str(most_value_kept)),
            ended=Decimal(str(most_value_ended)),
            lost_value=Decimal(str(most_value_lost)),
        )
        request = Request(extracts, out, parsed(variables), keep, reason, limits, postgres)
        release = refresh(request, progress)
        findings = findings_of(Folders(out).served)
        outcome = {"status": "published", "release": asdict(release), "findings": findings}
    except (RefreshBusyError, RefreshRefusedError) as error:
        ended = error
        status = "busy" if isinstance(error, RefreshBusyError) else "refused"
        outcome = {"status": status, "reason": str(error)}
    except Exception as error:
        reason = f"an error that was not expected: {type(error).__name__}; see its traceback"
        outcome = {"status": "failed", "reason": reason, "steps": progress.steps}
        if command and (trouble := notify(command, outcome)):
            click.echo(trouble, err=True)
        raise
    outcome["steps"] = progress.steps
    trouble = notify(command, outcome) if command else None
    if ended and not as_json:
        # after the first line, which says why it ended
        raise type(ended)(f"{ended}\n{trouble}" if trouble else str(ended))
    click.echo(json.dumps(outcome) if as_json else _published(release, out, findings))
    if trouble:
        click.echo(trouble, err=True)
    sys.exit(EXIT_CODES[outcome["status"]])


@click.command("releases")
@out_option
@json_option
def releases_command(out: Path, as_json: bool) -> None:
    """List the releases that are kept, newest first; the served one is marked."""
    kept = list_releases(out)
    for sentence in strangers(Folders(out)):
        click.echo(f"Notice: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps([{**each.facts, "is_served": each.is_served} for each in kept]))
        return
    for each in kept:
        mark = "served" if each.is_served else ""
        click.echo(f"{each.release_id}  as of {each.facts['as_of_date']}  {mark}".rstrip())


@click.command("rollback")
@out_option
@click.option("--to", "release_id", help="Release to serve; the one before without it.")
@postgres_option
def rollback_command(out: Path, release_id: str | None, postgres: str | None) -> None:
    """Serve an earlier release again."""
    release = roll_back(out, release_id, postgres)
    for notice in release.notices:
        click.echo(f"Notice: {notice}", err=True)
    click.echo(f"Release {release.release_id} is served again from {out}.")


def _published(release: Release, out: Path, findings: dict[str, dict[str, int | str]]) -> str:
    first = f"Published release {release.release_id} in {out}: {release.tests_run} tests passed."
    return "\n".join([first, *findings_told(findings)])
