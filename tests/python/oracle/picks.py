"""Where the choices of a generated book come from: Hypothesis, or a seed for speed.

Both give the same kind of sequence, one whole number per choice, so that a book found by a seed can
be handed to Hypothesis and shrunk there. Zero is always the simplest choice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Value = TypeVar("Value")


class Picks:
    """Choices by a function that picks a whole number below n; remembers what was chosen."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self._below = below
        self.chosen: list[int] = []

    @classmethod
    def of_seed(cls, seed: Any) -> Picks:
        return cls(random.Random(str(seed)).randrange)

    def below(self, count: int) -> int:
        if count <= 1:
            return 0
        self.chosen.append(self._below(count))
        return self.chosen[-1]

    def of(self, values: Sequence[Value]) -> Value:
        return values[self.below(len(values))]

    def one_in(self, count: int) -> bool:
        """True rarely; the last number, so that shrinking leaves it out."""
        return self.below(count) == count - 1

    def some_of(self, values: Sequence[Value], least: int, most: int) -> list[Value]:
        """Distinct values in their order, at least so many while there are so many."""
        left, wanted = list(range(len(values))), least + self.below(most - least + 1)
        taken = [left.pop(self.below(len(left))) for _ in range(min(wanted, len(left)))]
        return [values[place] for place in sorted(taken)]
