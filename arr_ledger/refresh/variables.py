"""What `--vars` of a refresh may hold, checked before anything is landed.

The values are checked by the macros of macros/policy, before dbt builds anything. Here stands what
has to be known earlier: dbt renders a template inside a value, and so would read the environment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from arr_ledger.landing.declared import default_variables
from arr_ledger.problems import did_you_mean
from arr_ledger.refresh.problems import RefreshRefusedError

# what a refresh works out itself from the folders it finds
OWN_VARIABLES = (
    "use_sample_extracts",
    "billing_systems",
    "crm_systems",
    "health_systems",
    "optional_extracts",
)
TEMPLATES = ("{{", "{%", "{#")


def parsed(variables: str) -> dict[str, Any]:
    """What --vars says. RefreshRefusedError: it is no mapping."""
    try:
        given = yaml.safe_load(variables) or {}
    except yaml.YAMLError as error:
        raise RefreshRefusedError(f"--vars is neither YAML nor JSON: {error}") from None
    except ValueError as error:
        # YAML makes a date of 2026-06-31 by itself
        raise RefreshRefusedError(
            f"--vars has a date that is no day of the calendar ({error}); write YYYY-MM-DD."
        ) from None
    if not isinstance(given, dict):
        raise RefreshRefusedError("--vars: write a mapping such as '{renewal_grace_days: 0}'.")
    return as_texts(given)


def as_texts(given: dict[str, Any]) -> dict[str, Any]:
    """The same as dbt takes it: YAML reads 2025-06-30 as a date."""
    return json.loads(json.dumps(given, default=str))


def known_variables() -> list[str]:
    """The variables that a refresh may be given."""
    return [name for name in default_variables() if name not in OWN_VARIABLES]


def refuse_unknown(variables: dict[str, Any], known: list[str]) -> None:
    """RefreshRefusedError: a name is none of these, which would be passed over."""
    for name in variables:
        if name not in known:
            raise RefreshRefusedError(
                f"--vars: {str(name)!r} is not a variable; {did_you_mean(str(name), known)}known"
                f" are {', '.join(known)}."
            )


def check_variables(variables: dict[str, Any], extracts: Path) -> None:
    """RefreshRefusedError: a name is unknown or not to be given, or a value is a template."""
    own = [name for name in OWN_VARIABLES if name in variables]
    if own:
        raise RefreshRefusedError(
            f"--vars: {', '.join(own)} cannot be given: a refresh reads the systems off the folders"
            f" in {extracts}."
        )
    refuse_unknown(variables, known_variables())
    for name, value in variables.items():
        if any(template in text for text in _texts(value) for template in TEMPLATES):
            raise RefreshRefusedError(
                f"--vars: {name} holds a template, which is never rendered; write the value itself."
            )
    currency = variables.get("reporting_currency")
    if currency is not None and not re.fullmatch("[A-Z]{3}", str(currency)):
        # landing looks for the rates of every other currency
        raise RefreshRefusedError(
            f"--vars: reporting_currency {currency!r} is not a currency code; write the three"
            " capital letters of ISO 4217, such as EUR."
        )
    day_of(variables)


def day_of(variables: dict[str, Any]) -> date:
    """The day of the run. RefreshRefusedError: as_of_date is no day, or the zone is none."""
    today = datetime.now(zone(variables)).date()
    given = variables.get("as_of_date")
    if not given:
        return today
    try:
        return datetime.strptime(given, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise RefreshRefusedError(
            f"--vars: as_of_date {given!r} is not a day; write YYYY-MM-DD."
        ) from None


def zone(variables: dict[str, Any]) -> ZoneInfo:
    """The time zone of the run. RefreshRefusedError: there is none of that name."""
    name = variables.get("reporting_timezone", default_variables()["reporting_timezone"])
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise RefreshRefusedError(
            f"--vars: reporting_timezone {name!r} is not a time zone; write an IANA name such as"
            " Europe/Berlin."
        ) from None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)
