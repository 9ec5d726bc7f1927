"""Libraries that Great Expectations imports for expectations that no audit states.

scipy.stats and altair serve tests of distributions and their charts, and take half of the time of
the import. While the library is imported empty modules stand in for those that are not loaded yet.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

UNUSED = ("altair", "scipy", "scipy.stats")


class _StandIn(ModuleType):
    """Any name of it is there and does nothing."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@contextmanager
def without_unused_parts() -> Iterator[None]:
    """Inside, the unused libraries are empty; after it they can be imported as they are."""
    stand_ins = {name: _StandIn(name) for name in UNUSED if name not in sys.modules}
    sys.modules.update(stand_ins)
    for name in stand_ins:
        package, _, part = name.rpartition(".")
        if package in stand_ins:
            setattr(stand_ins[package], part, stand_ins[name])
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
