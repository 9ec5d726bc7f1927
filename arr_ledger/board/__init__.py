"""Boards: static pages of the marts of one release, for people who do not read tables."""

from arr_ledger.board.render import render

__all__ = ["render"]
