"""Which of the many possible mistakes are made: some in every model, most where logic is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from tools.mutation.mutants import Mutant, mutants_of
from tools.mutation.operators import OPERATORS
from tools.mutation.project import Project, Relation

# Mistakes per model, by folder; the longest prefix counts.
QUOTAS = {
    "models/staging": 1,
    "models/intermediate": 2,
    "models/intermediate/subscriptions": 4,
    "models/intermediate/arr": 3,
    "models/intermediate/arr/int_arr_driver": 4,
    "models/intermediate/retention": 3,
    "models/marts": 2,
}


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


def _quota(file: str) -> int:
    fitting = [folder for folder in QUOTAS if file.startswith(f"{folder}/")]
    return QUOTAS[max(fitting, key=len)] if fitting else 3


def _spread(relation: Relation, seed: int) -> list[Mutant]:
    """All mutants of a model, one operator after the other in turns."""
    found = mutants_of(relation.model, relation.sql, relation.raw)
    ranked = sorted(found, key=lambda each: each.rank(seed))
    by_operator = [[each for each in ranked if each.operator == name] for name in OPERATORS]
    by_operator.sort(key=lambda each: each[0].rank(seed) if each else "")
    turns = zip_longest(*by_operator)
    return [each for turn in turns for each in turn if each is not None]
