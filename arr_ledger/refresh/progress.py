"""What a person or a scheduler sees of a refresh while it runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """Bars in a terminal, one plain line per step elsewhere; silent for ``--json``."""

    def __init__(self, is_silent: bool = False) -> None:
        self.steps: list[dict[str, Any]] = []
        self._console = Console(file=sys.stderr, quiet=is_silent, highlight=False)
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step of the refresh; its seconds and what was noted are kept in steps."""
        started = time.monotonic()
        step: dict[str, Any] = {"step": name}
        self.steps.append(step)
        with self._shown(name):
            yield
        step["seconds"] = round(time.monotonic() - started, 1)
        facts = [
            f"{value:,} {key.replace('_', ' ')}" if type(value) is int else f"{key} {value}"
            for key, value in step.items()
            if key not in ("step", "seconds", "notices") and value != 0
        ]
        if not facts:
            return  # a step that was left out
        told = f"{name:<8} {', '.join(facts)} ({step['seconds']:.1f} s)"
        self._console.print(told, soft_wrap=True)

    def note(self, **facts: Any) -> None:
        """Facts of the running step."""
        self.steps[-1].update(facts)

    def say(self, sentence: str) -> None:
        """Something a person should know of the running step."""
        self.steps[-1].setdefault("notices", []).append(sentence)
        self._console.print(sentence, markup=False, soft_wrap=True)

    def advance(self, done: int, of: int, name: str) -> None:
        """So many parts of all are done, the last of them this one."""
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=done, total=of, part=name)

    @contextmanager
    def _shown(self, name: str) -> Iterator[None]:
        if self._console.quiet or not self._console.is_terminal:
            yield
            return
        columns = (
            *(TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()),
            TextColumn("{task.fields[part]}"),
        )
        with Bars(*columns, console=self._console, transient=True) as bars:
            self._bars, self._task = bars, bars.add_task(name, total=None, part="")
            yield
        self._bars = self._task = None
