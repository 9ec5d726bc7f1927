"""`uv run --frozen python -m tools.mutation`: makes mistakes in the models, counts who notices."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from tools.mutation.equivalents import read_equivalents
from tools.mutation.project import KEPT_FOLDER, ProjectError, read_project
from tools.mutation.report import markdown, score
from tools.mutation.runs import run
from tools.mutation.sampling import sample
from tools.mutation.verdicts import Result

SEED = 1


def main() -> int:
    arguments = _arguments()
    try:
        project = read_project()
        cases = sample(project, arguments.seed, arguments.models, arguments.per_model)
        cases = [case for case in cases if arguments.match in case[1].name][: arguments.limit]
        results = run(project, cases, arguments.processes, _books(arguments))
    except ProjectError as error:
        print(error, file=sys.stderr)
        return 1
    _keep(results)
    equivalents = read_equivalents()
    text = markdown(results, equivalents)
    if arguments.dbt_only:
        text = f"Without random and golden books, which can only notice more.\n\n{text}"
    print(text)
    stale = equivalents.stale(project, results)
    for each in stale:
        print(f"equivalent.yml: {each}", file=sys.stderr)
    if not _is_whole(arguments):
        return 0
    reached = score(results, equivalents).reaches_targets
    if reached and not stale:
        from tools.evidence import record

        record("mutate", text)
    return 0 if reached and not stale else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--models", nargs="+", default=[], help="only these models")
    parser.add_argument("--match", default="", help="only mutants whose sentence has this text")
    parser.add_argument("--per-model", type=int, help="so many of each model, not by its folder")
    parser.add_argument("--limit", type=int, help="at most so many in all")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another sample than {SEED}")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--dbt-only", action="store_true", help="dbt's tests and the answer key")
    parser.add_argument("--few-books", action="store_true", help="no golden book needs a compile")
    return parser.parse_args()


def _books(arguments: argparse.Namespace) -> str:
    if arguments.dbt_only:
        return "none"
    return "few" if arguments.few_books else "all"


def _is_whole(arguments: argparse.Namespace) -> bool:
    """Only a run over all models says something about the targets, and is kept as evidence."""
    narrowed = arguments.models or arguments.match or arguments.per_model or arguments.limit
    return not narrowed and arguments.seed == SEED


def _keep(results: list[Result]) -> None:
    kept = [dataclasses.asdict(each) for each in results]
    (KEPT_FOLDER / "results.json").write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    sys.exit(main())
