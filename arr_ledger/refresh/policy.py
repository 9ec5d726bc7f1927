"""The policy a release was made under, and in what that of the next one differs.

A variable that a schedule lost moves figures as a change of the data does, without a word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from arr_ledger.landing.declared import default_variables
from arr_ledger.refresh.variables import known_variables

DAYS = ("as_of_date", "sample_as_of_date")
CURRENCY = "reporting_currency"
LONGEST_VALUE = 60


def policy_of(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Every variable of the policy: as given, else as in vars.yml."""
    all_of_it = {**default_variables(), **variables}
    return {name: all_of_it[name] for name in known_variables() if name not in DAYS}


def other_policy(variables: Mapping[str, Any], served: Mapping[str, Any]) -> list[str]:
    """A sentence if variables differ from those of the served release; an older one says none."""
    before, now = served.get("variables") or {}, policy_of(variables)
    changed = [
        f"{name} was {_shown(before[name])}, is {_shown(now[name])}"
        for name in now
        if name in before and _shown(before[name]) != _shown(now[name])
    ]
    if not changed:
        return []
    return [f"Variables differ from those of the served release: {'; '.join(changed)}."]


def other_currency(variables: Mapping[str, Any], served: Mapping[str, Any]) -> list[str]:
    """A sentence if the amounts of the served release are in another currency."""
    before, now = served.get(CURRENCY), policy_of(variables)[CURRENCY]
    if not before or before == now:
        return []
    return [f"{CURRENCY} is {now} and was {before} in the served release: every amount changes"]


def _shown(value: Any) -> str:
    said = json.dumps(value, default=str, sort_keys=True)
    return said if len(said) <= LONGEST_VALUE else f"{said[:LONGEST_VALUE]}..."
