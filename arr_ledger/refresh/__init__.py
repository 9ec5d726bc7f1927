"""A scheduled refresh: a reader sees one complete, tested release, or the one before it."""

from arr_ledger.refresh.problems import RefreshBusyError, RefreshRefusedError
from arr_ledger.refresh.releases import list_releases, roll_back
from arr_ledger.refresh.run import refresh
from arr_ledger.refresh.steps import Request

__all__ = [
    "RefreshBusyError",
    "RefreshRefusedError",
    "Request",
    "list_releases",
    "refresh",
    "roll_back",
]
