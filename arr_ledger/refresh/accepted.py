"""What was accepted with the served release: it is not asked again for the same.

A system that was switched off is missing from every later landing too, and was missed once.
"""

from __future__ import annotations

from typing import Any

from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.hold import hold_back
from arr_ledger.refresh.releases import kept_releases
from arr_ledger.refresh.serve import served_release


def served_facts(folders: Folders) -> dict[str, Any]:
    """What release.json says of the served release; nothing before the first."""
    served = served_release(folders)
    kept = (facts for facts in kept_releases(folders) if facts["release_id"] == served)
    return next(kept, {})


def hold_what_is_new(
    reasons: list[str], served: dict[str, Any], accepted_reason: str | None
) -> None:
    """Refuses to go on over what was not accepted with the served release in the same words."""
    before = served.get("accepted", {})
    hold_back([reason for reason in reasons if reason not in before], accepted_reason)


def accepted(
    reasons: list[str], served: dict[str, Any], accepted_reason: str | None
) -> dict[str, str]:
    """By sentence, why it is right: as said before, or as said now."""
    before = served.get("accepted", {})
    return {reason: before.get(reason, accepted_reason) for reason in reasons}
