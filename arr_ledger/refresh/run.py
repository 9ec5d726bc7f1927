"""A refresh: under the lock, every step of steps.py, and what is said if one fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from itertools import groupby

import duckdb

from arr_ledger.landing import LandingRefusedError
from arr_ledger.refresh import steps
from arr_ledger.refresh.folders import Folders, private_files
from arr_ledger.refresh.lock import locked
from arr_ledger.refresh.machine import machine_refusals
from arr_ledger.refresh.postgres import check_postgres
from arr_ledger.refresh.problems import RefreshRefusedError
from arr_ledger.refresh.progress import Progress
from arr_ledger.refresh.publish import Release
from arr_ledger.refresh.releases import settle, strangers
from arr_ledger.refresh.serve import served_release
from arr_ledger.refresh.steps import Request, Run, UnchangedRelease
from arr_ledger.refresh.variables import check_variables, day_of

AUDIT_LIBRARY = "great_expectations"


def refresh(request: Request, progress: Progress) -> Release | UnchangedRelease:
    """Publishes a new release, or raises and leaves the served one as it was.

    Where nothing changed since the served release and that was asked, it returns that one.

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
            told = settle(folders) + strangers(folders)
            folders.work.mkdir()
        run = Run(request, folders, lock, progress, day_of(request.variables))
        try:
            with machine_refusals(request.out, request.extracts):
                if request.postgres:
                    check_postgres(request.postgres)
                _take_steps(run, told)
        except (RefreshRefusedError, LandingRefusedError) as refusal:
            with machine_refusals(request.out):
                folders.keep_failed()
            raise RefreshRefusedError(_with_served(str(refusal), folders)) from None
        finally:
            _tidied(run, run.clear)
    if run.unchanged is not None:
        return run.unchanged
    assert run.release is not None
    return run.release


def _take_steps(run: Run, told: list[str]) -> None:
    for name, of_name in groupby(steps.STEPS, key=lambda step: step[0]):
        with run.progress.step(name):
            while told:
                run.progress.say(told.pop(0))
            for _, step in of_name:
                if run.is_served:
                    _tidied(run, partial(step, run))
                else:
                    step(run)
                if run.unchanged is not None:
                    return


def _tidied(run: Run, step: Callable[[], None]) -> None:
    """After the release is served nothing refuses it any more."""
    try:
        step()
    except (OSError, duckdb.Error) as error:
        if not run.is_served:
            raise
        run.progress.say(f"Not tidied up, which the next refresh does: {error}")


def _check(request: Request) -> None:
    check_variables(request.variables, request.extracts)
    if request.with_audit and find_spec(AUDIT_LIBRARY) is None:
        raise RefreshRefusedError(
            "--audit: Great Expectations is not installed; install the extra of that name"
            " (arr-ledger[audit], in a clone: uv sync --extra audit), or leave the audits out with"
            " --no-audit."
        )
    inside = request.out.resolve()
    if request.extracts.resolve() in (inside, *inside.parents):
        raise RefreshRefusedError(
            f"--out {request.out}: lies in the folder of the extracts, where the next landing would"
            " take releases for extracts; name a folder outside of it."
        )
    if request.own_boards is not None and not request.own_boards.is_dir():
        raise RefreshRefusedError(
            f"--own-boards {request.own_boards}: is not a folder; name the folder of your boards."
        )
    if request.accepted_reason is not None and not request.accepted_reason.strip():
        raise RefreshRefusedError(
            "--accept: gives no reason, which stays on record with the release; write why it is"
            " right, such as --accept 'Acme left in May'."
        )
    if request.keep < 1:
        raise RefreshRefusedError("--keep: keep at least 1 release.")


def _with_served(message: str, folders: Folders) -> str:
    served = served_release(folders)
    still = f"Still served: release {served}." if served else "No release was ever published here."
    if served is None and folders.served.exists():
        still = "What is served is no release that can be read."
    return f"{message}\n{still}"
