"""The score: by stage, layer and operator; survivors and equivalents, each by file and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tools.mutation.equivalents import Equivalents
from tools.mutation.verdicts import DBT_STAGES, STAGES, Result

# of the mutants that are not equivalent
SUITE_TARGET, DBT_TARGET, LEAST_MUTANTS = 95, 95, 200


@dataclass(frozen=True)
class Score:
    """Counts over a set of results."""

    mutants: int
    equivalent: int
    by_dbt: int
    by_suite: int

    @property
    def counted(self) -> int:
        return self.mutants - self.equivalent

    def percent(self, killed: int) -> float:
        return 100 * killed / self.counted if self.counted else 100.0

    @property
    def reaches_targets(self) -> bool:
        return (
            self.mutants >= LEAST_MUTANTS
            and self.percent(self.by_suite) >= SUITE_TARGET
            and self.percent(self.by_dbt) >= DBT_TARGET
        )


def score(results: list[Result], equivalents: Equivalents) -> Score:
    stages = Counter(each.verdict.stage for each in results)
    return Score(
        mutants=len(results),
        equivalent=sum(1 for each in results if equivalents.covers(each)),
        by_dbt=sum(stages[stage] for stage in DBT_STAGES),
        by_suite=sum(stages[stage] for stage in STAGES),
    )


def markdown(results: list[Result], equivalents: Equivalents) -> str:
    """The section of docs/evidence.md, and what the command prints."""
    total = score(results, equivalents)
    alive = [each for each in results if each.verdict.stage is None]
    survivors = [each for each in alive if not equivalents.covers(each)]
    parts = [
        f"{total.mutants} deliberate mistakes in {len({each.file for each in results})} models, of"
        f" which {total.equivalent} change no row whatever the data. Of the other {total.counted},"
        f" dbt's unit and data tests notice {total.by_dbt}"
        f" ({total.percent(total.by_dbt):.1f} %, target {DBT_TARGET} %), the whole suite"
        f" {total.by_suite} ({total.percent(total.by_suite):.1f} %, target {SUITE_TARGET} %).",
        _stages(results),
        _table("layer", results, equivalents, lambda each: each.layer),
        _table("mistake", results, equivalents, lambda each: each.mutant.operator),
        f"### Not noticed: {len(survivors)}\n\n{_list(survivors, equivalents)}",
        f"### Equivalent: {total.equivalent}\n\n"
        f"{_list([each for each in alive if equivalents.covers(each)], equivalents)}",
    ]
    return "\n\n".join(parts)


def _stages(results: list[Result]) -> str:
    counts = Counter(each.verdict.stage for each in results)
    rows = [f"| {stage} | {counts[stage]} |" for stage in STAGES if counts[stage]]
    return "\n".join(["| noticed first by | mistakes |", "|---|---|", *rows])


def _table(
    heading: str,
    results: list[Result],
    equivalents: Equivalents,
    group_of: Callable[[Result], str],
) -> str:
    rows = []
    for group in sorted({group_of(each) for each in results}):
        of = score([each for each in results if group_of(each) == group], equivalents)
        rows.append(
            f"| {group} | {of.mutants} | {of.equivalent} | {of.percent(of.by_dbt):.0f} %"
            f" | {of.percent(of.by_suite):.0f} % |"
        )
    head = f"| {heading} | mistakes | equivalent | noticed by dbt's tests | by the suite |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _list(results: list[Result], equivalents: Equivalents) -> str:
    lines = []
    for each in results:
        mutant = each.mutant
        reason = equivalents.reasons.get((mutant.model, mutant.name))
        end = f": {reason}" if reason else "" if each.verdict.is_changed else " (no row changed)"
        lines.append(f"- `{each.file}:{mutant.line}` {mutant.operator}, `{mutant.name}`{end}")
    return "\n".join(lines) or "none"
