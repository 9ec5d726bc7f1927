"""Reports how a refresh ended to any command, with the outcome as JSON on its stdin."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from typing import Any

from arr_ledger.refresh.postgres import POSTGRES_VARIABLE

SECONDS = 30


def notify(command: str, outcome: dict[str, Any]) -> str | None:
    """Runs the command without a shell; returns a line about it if it failed, and never raises.

    Neither its arguments nor its output are shown: a webhook is called by a secret address.
    """
    try:
        trouble = _run(shlex.split(command), json.dumps(outcome))
    except (OSError, ValueError, IndexError) as error:
        trouble = f"could not be started: {getattr(error, 'strerror', None) or error}"
    return f"--notify: the command {trouble}; the refresh ended as said." if trouble else None


def _run(arguments: list[str], text: str) -> str:
    """What went wrong, empty if nothing did."""
    with subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in os.environ if name != POSTGRES_VARIABLE},
        text=True,
        # so that what it starts itself can be ended with it
        start_new_session=True,
    ) as process:
        try:
            process.communicate(text, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return f"took longer than {SECONDS} s and was ended"
    return f"ended with {process.returncode}" if process.returncode else ""
