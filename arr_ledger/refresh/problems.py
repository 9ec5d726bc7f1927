"""Why a refresh did not publish."""

from arr_ledger.problems import BusyError, RefusedError


class RefreshRefusedError(RefusedError):
    """Nothing was changed; the message says what, where and what to do."""


class RefreshBusyError(BusyError):
    """Another refresh of the same folder is running; nothing was changed."""
