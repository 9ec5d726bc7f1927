"""dbt as it is, without work that nothing reads.

Of a build of this project dbt spends most of its time on events of its debug log, which are written
out twice before they are thrown away, on copies of the names that a template may use, and on the
same tables of types for every result. None of it changes what is built or what is said. The places
below are those of the one version of dbt-core that this project is locked to.
"""

from __future__ import annotations

from collections import ChainMap
from functools import cache
from typing import Any

import agate
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import NativeSandboxTemplate
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

UNHEARD = (EventLevel.DEBUG, EventLevel.TEST)

_init, _getattr, _fire = BaseEvent.__init__, BaseEvent.__getattr__, EventManager.fire_event
_new_context = NativeSandboxTemplate.new_context
_type_tester = agate_helper.build_type_tester


def lighten() -> None:
    """From here on dbt of this process says nothing below the level of info."""
    BaseEvent.__init__ = _remember
    BaseEvent.__getattr__ = _build_when_read
    EventManager.fire_event = _fire_what_is_heard
    NativeSandboxTemplate.new_context = _names_without_a_copy
    agate_helper.build_type_tester = _known_type_tester
    agate_helper.empty_table = _empty_table


def _remember(event: BaseEvent, *args: Any, **kwargs: Any) -> None:
    object.__setattr__(event, "_said", (args, kwargs))


def _build_when_read(event: BaseEvent, key: str) -> Any:
    if "pb_msg" not in event.__dict__:
        args, kwargs = event.__dict__["_said"]
        _init(event, *args, **kwargs)
    return _getattr(event, key)


def _fire_what_is_heard(
    manager: EventManager,
    e: BaseEvent,
    level: EventLevel | None = None,
    node: Any = None,
    force_warn_or_error_handling: bool = False,
) -> None:
    if (level or e.level_tag()) not in UNHEARD:
        _fire(manager, e, level, node, force_warn_or_error_handling)


def _names_without_a_copy(template, vars=None, shared=False, locals=None):
    """Every macro of the project is a name, and an argument of a test uses one or two of them."""
    names = ChainMap(vars or {}, template.globals)
    return _new_context(template, names, True, locals)


def _known_type_tester(text_columns, string_null_values=("null", "")):
    return _tester_of(frozenset(text_columns), tuple(string_null_values))


@cache
def _tester_of(text_columns: frozenset[str], string_null_values: tuple[str, ...]):
    return _type_tester(text_columns, string_null_values)


def _empty_table() -> agate.Table:
    return agate.Table(rows=[], column_types=_known_type_tester(()))
