"""Cases by module; the package collects them all."""

from . import (
    cases,
    charged_amounts,
    corrections,
    discounted_corrections,
    discounts,
    lines_and_ends,
    loaders,
    restricted_discounts,
    states,
    trials_and_moves,
)

__all__ = [
    "cases",
    "charged_amounts",
    "corrections",
    "discounted_corrections",
    "discounts",
    "lines_and_ends",
    "loaders",
    "restricted_discounts",
    "states",
    "trials_and_moves",
]
