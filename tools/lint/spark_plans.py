"""How often Spark would read a table for one query.

Spark has no memory of a CTE or a view: it writes each one out again wherever it is named, so rounds
that name the round before twice double with every round, and the plan takes minutes before it reads
a row. The reads of a query are counted with every CTE and every view written out.
"""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from tools.lint.findings import Finding
from tools.lint.rendering import Rendered

MOST_READS = 200


def check_reads(nodes: list[Rendered], views: set[str]) -> list[Finding]:
    """Findings of queries that read more tables than a plan can bear; nodes upstream first.

    ``views``: names of the relations that Spark writes out.
    """
    reads_of_view: dict[str, int] = {}
    found = []
    for node in nodes:
        reads = count_reads(node.sql, reads_of_view)
        name = node.unique_id.split(".")[2]
        if name in views:
            reads_of_view[name] = reads
        if reads > MOST_READS:
            found.append(
                Finding(
                    node.path,
                    1,
                    f"Spark would read {reads:,} tables for it, at most {MOST_READS}: a CTE that is"
                    " named twice is read twice, with all that is below it; make it a model",
                )
            )
    return found


def count_reads(sql: str, reads_of_view: dict[str, int]) -> int:
    """Tables that a query reads once its CTEs, and the views below it, are written out."""
    try:
        tree = parse_one(sql, dialect="spark")
    except SqlglotError:
        return 0  # reported by portability
    return _reads(tree, dict(reads_of_view))


def _reads(query: exp.Expression, known: dict[str, int]) -> int:
    with_ = query.args.get("with_") or query.args.get("with")
    inner = dict(known)
    for cte in with_.expressions if with_ else []:
        inner[cte.alias] = _reads(cte.this, inner)
    total = 0
    for table in query.find_all(exp.Table):
        # the tables of a CTE are counted where the CTE is named
        if not _is_within(table, with_, query):
            total += inner.get(table.name, 1)
    return total


def _is_within(node: exp.Expression, part: exp.Expression | None, top: exp.Expression) -> bool:
    above = node.parent
    while above is not None and above is not top:
        if above is part:
            return True
        above = above.parent
    return False
