"""In which segment an account stands at the end of a month."""

from __future__ import annotations

from oracle.identity import Identities
from oracle.policy import Policy


class Segments:
    def __init__(self, identities: Identities, policy: Policy) -> None:
        self.identities = identities
        self.columns = policy.segment_columns
        self.known: dict[tuple[str, int], list[tuple[str, str]]] = {}

    def of(self, account_id: str, month: int) -> list[tuple[str, str]]:
        """All, and one value of every segment column, always in the same order."""
        key = (account_id, month)
        if key not in self.known:
            named = [
                (column, self.identities.segment(account_id, column, month))
                for column in self.columns
            ]
            self.known[key] = [("all", "all"), *named]
        return self.known[key]
