"""Which columns cannot be null, as far as the SQL and the not_null tests say."""

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

# relation name -> its columns that cannot be null
NotNull = dict[str, set[str]]

RANKS = (exp.Count, exp.RowNumber, exp.Rank, exp.DenseRank)
NEVER_NULL = (*RANKS, exp.Literal, exp.Boolean, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ)
AGGREGATES = (exp.Sum, exp.Min, exp.Max, exp.Avg)
MAY_MAKE_NULL = (exp.Div, exp.IntDiv, exp.Mod)
NULL_WHERE_ITS_OPERAND_IS = (
    *(exp.Paren, exp.Cast, exp.Neg, exp.Not, exp.Abs, exp.Sign, exp.Upper, exp.Lower),
    *(exp.Floor, exp.Round),
)


class Nullability:
    """Answers for the scopes of one query."""

    def __init__(self, known: NotNull) -> None:
        self._known = known
        self._outputs: dict[int, set[str]] = {}

    def not_null_outputs(self, scope: Scope) -> set[str]:
        """The columns of a query that cannot be null."""
        if id(scope) not in self._outputs:
            self._outputs[id(scope)] = self._compute_outputs(scope)
        return self._outputs[id(scope)]

    def _compute_outputs(self, scope: Scope) -> set[str]:
        if scope.set_operation_scopes:
            left, right = scope.set_operation_scopes
            names = zip(left.expression.named_selects, right.expression.named_selects, strict=False)
            never_left, never_right = self.not_null_outputs(left), self.not_null_outputs(right)
            return {a for a, b in names if a in never_left and b in never_right}
        if not isinstance(scope.expression, exp.Select):
            return set()
        return {
            selected.alias_or_name
            for selected in scope.expression.selects
            if self.cannot_be_null(selected.unalias(), scope)
        }

    def cannot_be_null(self, node: exp.Expression | None, scope: Scope) -> bool:
        def holds(*inner: exp.Expression | None) -> bool:
            return all(self.cannot_be_null(one, scope) for one in inner)

        if node is None or isinstance(node, MAY_MAKE_NULL):
            return False
        if isinstance(node, NEVER_NULL):
            return True
        if isinstance(node, exp.Column):
            return self._column_cannot_be_null(node, scope)
        if isinstance(node, exp.Window):
            return isinstance(node.this, RANKS)
        if isinstance(node, AGGREGATES):
            return bool(scope.expression.args.get("group")) and holds(node.this)
        if isinstance(node, exp.Coalesce):
            return any(holds(inner) for inner in (node.this, *node.expressions))
        if isinstance(node, exp.Case):
            branches = [branch.args["true"] for branch in node.args["ifs"]]
            return holds(*branches, node.args.get("default"))
        if isinstance(node, exp.Extract):
            return holds(node.expression)
        if isinstance(node, exp.Greatest | exp.Least):
            return holds(node.this, *node.expressions)
        if isinstance(node, exp.Binary):
            return holds(node.left, node.right)
        return isinstance(node, NULL_WHERE_ITS_OPERAND_IS) and holds(node.this)

    def _column_cannot_be_null(self, column: exp.Column, scope: Scope) -> bool:
        if _is_filtered(column, scope):
            return True
        source = scope.sources.get(column.table)
        if source is None or _is_outer(column.table, scope):
            return False
        if isinstance(source, exp.Table):
            return column.name in self._known.get(source.name, set())
        return column.name in self.not_null_outputs(source)


def _is_filtered(column: exp.Column, scope: Scope) -> bool:
    """Whether the where clause asks for `column is not null`."""
    where = scope.expression.args.get("where")
    if where is None:
        return False
    conditions = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    return any(
        isinstance(condition, exp.Not)
        and isinstance(condition.this, exp.Is)
        and isinstance(condition.this.expression, exp.Null)
        and condition.this.this == column
        for condition in conditions
    )


def _is_outer(table: str, scope: Scope) -> bool:
    """Whether the table stands on the side of an outer join that may find no row."""
    joins = scope.expression.args.get("joins") or []
    for position, join in enumerate(joins):
        if join.alias_or_name == table and join.side in ("LEFT", "FULL"):
            return True
        before = {other.alias_or_name for other in joins[:position]}
        is_before = table in before or table not in {other.alias_or_name for other in joins}
        if join.side in ("RIGHT", "FULL") and is_before:
            return True
    return False
