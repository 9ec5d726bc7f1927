"""Cases by module; the package collects them all."""

from . import cases, discounts, trials_and_moves

__all__ = ["cases", "discounts", "trials_and_moves"]
