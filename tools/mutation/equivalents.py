"""Mutants that no data can tell from the model, each with the reason a person gave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from tools.mutation.mutants import mutants_of
from tools.mutation.project import Project
from tools.mutation.verdicts import Result

LISTED = Path(__file__).with_name("equivalent.yml")
Key = tuple[str, str]  # model, name of the mutant


@dataclass(frozen=True)
class Equivalents:
    """The list: key -> reason."""

    reasons: dict[Key, str]

    def covers(self, result: Result) -> bool:
        key = (result.mutant.model, result.mutant.name)
        return result.verdict.stage is None and key in self.reasons

    def stale(self, project: Project, results: list[Result]) -> list[str]:
        """Entries whose mutant is not in the model any more, or was noticed by a test after all."""
        killed = {(each.mutant.model, each.mutant.name) for each in results if each.verdict.stage}
        models = {each.model: each for each in project.relations if each.kind == "model"}
        found = []
        for model in sorted({key[0] for key in self.reasons}):
            relation = models.get(model)
            known = (
                {each.name for each in mutants_of(model, relation.sql, relation.raw)}
                if relation
                else set()
            )
            for name in (name for of, name in self.reasons if of == model):
                if name not in known:
                    found.append(f"{model} has no longer: {name}")
                elif (model, name) in killed:
                    found.append(f"{model} is told apart by a test: {name}")
        return found


def read_equivalents(path: Path = LISTED) -> Equivalents:
    reasons: dict[Key, str] = {}
    for model, mutants in (yaml.safe_load(path.read_text()) or {}).items():
        for name, reason in mutants.items():
            if not str(reason or "").strip():
                raise ValueError(f"{path.name}: {model}, {name}: why is it equivalent?")
            reasons[model, name] = str(reason)
    return Equivalents(reasons)
