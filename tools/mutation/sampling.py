"""Which of the many possible mistakes are made: some in every model, most where logic is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from tools.mutation.mutants import Mutant, mutants_of
from tools.mutation.operators import OPERATORS
from tools.mutation.project import Project, Relation

# Mistakes per model, by the beginning of its path; the longest that fits counts.
QUOTAS = {
    "models/staging/": 1,
    "models/staging/custom_billing/stg_custom_billing__subscription_lines.sql": 4,
    "models/intermediate/": 2,
    "models/intermediate/subscriptions/": 4,
    "models/intermediate/arr/": 3,
    "models/intermediate/arr/int_arr_driver": 4,
    "models/intermediate/retention/": 3,
    "models/marts/": 2,
}
TIES_BROKEN_IN = "stg_custom_billing__subscription_lines"


def sample(
    project: Project, seed: int, models: Iterable[str] = (), per_model: int | None = None
) -> list[tuple[Relation, Mutant]]:
    """The same mutants for the same SQL and seed; a change of one model moves only its own."""
    wanted = set(models)
    chosen = []
    for relation in project.relations:
        if relation.kind != "model" or (wanted and relation.model not in wanted):
            continue
        quota = per_model or _quota(relation.file)
        chosen += [(relation, each) for each in _spread(relation, seed)[:quota]]
    return chosen


def _breaks_a_tie_again(relation: Relation, mutant: Mutant) -> bool:
    """Whether it mistakes an order that one macro writes into every staging model.

    Of rows of one key that are equally new and say different things, the first speaks in the order
    of all columns. Any order would do as long as it is the same every time, so it is no mistake of
    a model: only in TIES_BROKEN_IN, whose columns the suite goes through one by one, is the order
    of the macro mutated. What makes a row newer is descending, and is mutated everywhere.
    """
    return (
        relation.file.startswith("models/staging/")
        and relation.model != TIES_BROKEN_IN
        and mutant.scope == "source"
        and mutant.operator == "window"
        and mutant.sentence.startswith(("order turned: ", "order column dropped: "))
        and " DESC of " not in mutant.sentence
    )


def _quota(file: str) -> int:
    fitting = [beginning for beginning in QUOTAS if file.startswith(beginning)]
    return QUOTAS[max(fitting, key=len)] if fitting else 3


def _spread(relation: Relation, seed: int) -> list[Mutant]:
    """All mutants of a model, one operator after the other in turns."""
    found = [
        each
        for each in mutants_of(relation.model, relation.sql, relation.raw)
        if not _breaks_a_tie_again(relation, each)
    ]
    ranked = sorted(found, key=lambda each: each.rank(seed))
    by_operator = [[each for each in ranked if each.operator == name] for name in OPERATORS]
    by_operator.sort(key=lambda each: each[0].rank(seed) if each else "")
    turns = zip_longest(*by_operator)
    return [each for turn in turns for each in turn if each is not None]
