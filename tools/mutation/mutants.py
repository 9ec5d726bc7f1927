"""Finds every mistake that can be made in the SQL of a model, and makes one of them.

A mistake has a place: the CTE, the way down from there, and which of the operator's changes it is.
The SQL of a unit test, or of other variables, has the same CTEs: the same mistake is made there.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from tools.mutation.operators import OPERATORS, text

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    """One mistake in one model."""

    model: str
    operator: str
    scope: str  # name of the CTE
    path: Path
    choice: int
    sentence: str  # what changes; with the scope it is unique in the model
    was: str  # text of the node without tables and literals
    was_exactly: str  # the same with literals
    line: int  # in the file of the model

    @property
    def name(self) -> str:
        return f"{self.scope}: {self.sentence}"

    def rank(self, seed: int) -> str:
        """Decides who is sampled; a change elsewhere does not move it."""
        told = f"{seed}|{self.model}|{self.operator}|{self.name}"
        return hashlib.sha256(told.encode()).hexdigest()


def parse(sql: str) -> exp.Expression:
    return sqlglot.parse_one(sql, read="duckdb")


def render(tree: exp.Expression) -> str:
    return tree.sql("duckdb")


def mutants_of(model: str, sql: str, raw: str) -> list[Mutant]:
    """All mistakes in a model, in the order of its text."""
    tree = parse(sql)
    lines = _lines_of_file(sql, raw)
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for scope, root in _scopes(tree).items():
        for node in root.walk(bfs=False):
            for operator, changes in OPERATORS.items():
                for choice, (sentence, _) in enumerate(changes(node)):
                    seen[scope, sentence] += 1
                    number = seen[scope, sentence]
                    found.append(
                        Mutant(
                            model=model,
                            operator=operator,
                            scope=scope,
                            path=_path(node, root),
                            choice=choice,
                            sentence=sentence if number == 1 else f"{sentence} ({number})",
                            was=_neutral(node, literals=False),
                            was_exactly=_neutral(node, literals=True),
                            line=lines.get(_line(node), 1),
                        )
                    )
    return found


def mutate(sql: str, mutant: Mutant) -> str | None:
    """The SQL with the mistake; None where it has no such place."""
    tree = parse(sql)
    scope = _scopes(tree).get(mutant.scope)
    node = _find(scope, mutant) if scope is not None else None
    if node is None:
        return None
    changes = list(OPERATORS[mutant.operator](node))
    if mutant.choice >= len(changes):
        return None
    replacement = changes[mutant.choice][1]
    if replacement is None:
        node.pop()
    else:
        node.replace(replacement)
    return render(tree)


def _scopes(tree: exp.Expression) -> dict[str, exp.Expression]:
    return {
        cte.alias: cte.this for cte in tree.ctes if not cte.alias.startswith("__dbt__cte__")
    } or {"query": tree}


def _path(node: exp.Expression, root: exp.Expression) -> Path:
    steps: list[str | int] = []
    while node is not root:
        steps[:0] = [node.arg_key] if node.index is None else [node.arg_key, node.index]
        node = node.parent
    return tuple(steps)


def _at(root: exp.Expression, path: Path) -> exp.Expression | None:
    node = root
    for step in path:
        if isinstance(step, str):
            node = node.args.get(step)
        else:
            node = node[step] if step < len(node) else None
        if node is None:
            return None
    return node if isinstance(node, exp.Expression) else None


def _find(root: exp.Expression, mutant: Mutant) -> exp.Expression | None:
    """The same place and text, else the same text, else the same place with other numbers."""
    same_place = _at(root, mutant.path)
    if same_place is not None and _neutral(same_place, literals=True) == mutant.was_exactly:
        return same_place
    key = mutant.was.split("|", 1)[0]
    for node in root.walk(bfs=False):
        if (
            node.key == key
            and _neutral(node, literals=True) == mutant.was_exactly
            and _has(node, mutant)
        ):
            return node
    if same_place is not None and (
        _neutral(same_place, literals=False) == mutant.was or _stands_in_anew(same_place, mutant)
    ):
        return same_place
    return None


def _stands_in_anew(node: exp.Expression, mutant: Mutant) -> bool:
    """The same value may be null, but a unit test overrides the macro that stands in for it."""
    if not isinstance(node, exp.Coalesce):
        return False
    alone = exp.Coalesce(this=node.this.copy(), expressions=[])
    return mutant.was.startswith(_neutral(alone, literals=False).removesuffix(")") + ", ")


def _has(node: exp.Expression, mutant: Mutant) -> bool:
    return sum(1 for _ in OPERATORS[mutant.operator](node)) > mutant.choice


def _neutral(node: exp.Expression, literals: bool) -> str:
    """Text of a node that does not tell the database, nor, if so asked, the numbers."""
    plain = node.copy()
    for table in list(plain.find_all(exp.Table)):
        table.set("db", None)
        table.set("catalog", None)
        if isinstance(table.this, exp.Identifier):
            table.this.set("this", table.name.removeprefix("__dbt__cte__"))
            table.this.set("quoted", False)
    if not literals:
        for literal in list(plain.find_all(exp.Literal)):
            if literal is plain:
                plain = exp.Literal.number(0)
            else:
                literal.replace(exp.Literal.number(0))
    return f"{node.key}|{text(plain, 100_000)}"


def _line(node: exp.Expression) -> int:
    """Line in the compiled SQL: of the first name in the node, or of the nearest one around it."""
    around: exp.Expression | None = node
    while around is not None:
        known = [each.meta["line"] for each in around.walk() if "line" in each.meta]
        if known:
            return min(known)
        around = around.parent
    return 1


def _lines_of_file(compiled: str, raw: str) -> dict[int, int]:
    """Line of the compiled SQL -> line of the file; a written-out loop counts as its first line."""
    lines: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(
        None,
        [line.strip() for line in compiled.splitlines()],
        [line.strip() for line in raw.splitlines()],
        autojunk=False,
    )
    for _, first, last, other, other_last in matcher.get_opcodes():
        for offset in range(last - first):
            lines[first + offset + 1] = min(other + offset, max(other_last - 1, other)) + 1
    return lines
