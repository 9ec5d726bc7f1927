"""Cases by module; the package collects them all."""

from . import cases, trials_and_moves

__all__ = ["cases", "trials_and_moves"]
