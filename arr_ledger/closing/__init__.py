"""Closing a month: what was published of it is frozen in files that every later build reads."""

from arr_ledger.closing.close import Closing, close
from arr_ledger.closing.whole import ClosingRefusedError

__all__ = ["Closing", "ClosingRefusedError", "close"]
