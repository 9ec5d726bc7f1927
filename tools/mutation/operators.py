"""The deliberate mistakes: what one node of a model's SQL may be turned into.

An operator takes a node and gives pairs of a sentence and the node that takes its place; None
takes the node away. Nothing here knows of models or of tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

Change = tuple[str, exp.Expression | None]
Operator = Callable[[exp.Expression], Iterator[Change]]

EDGES = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
EQUALITY = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}
SIGNS = {
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.EQ: "=",
    exp.NEQ: "<>",
}
EXTREMES = {exp.Greatest: exp.Least, exp.Least: exp.Greatest, exp.Max: exp.Min, exp.Min: exp.Max}
LOOKING = {
    exp.Lag: exp.Lead,
    exp.Lead: exp.Lag,
    exp.FirstValue: exp.LastValue,
    exp.LastValue: exp.FirstValue,
}

OPEN_MONTH = "99999"  # stands for no end, behind every month: one more or less is no mistake


def text(node: exp.Expression | None, limit: int = 90) -> str:
    """SQL of a node on one line, cut where it is long."""
    if node is None:
        return "nothing"
    sql = " ".join(node.sql("duckdb", normalize_functions="lower").split())
    return sql if len(sql) <= limit else f"{sql[: limit - 3]}..."


def case_branches(node: exp.Expression) -> Iterator[Change]:
    """Two neighbours change places, whole or only in what they give.

    Where one value would have to be two at once, the order of the two is no rule of the model.
    """
    if not isinstance(node, exp.Case):
        return
    branches = node.args["ifs"]
    for place in range(len(branches) - 1):
        first, second = branches[place], branches[place + 1]
        numbers = f"{place + 1} and {place + 2}"
        swapped = node.copy()
        ifs = list(swapped.args["ifs"])
        ifs[place], ifs[place + 1] = ifs[place + 1], ifs[place]
        swapped.set("ifs", ifs)
        if not _exclude_each_other(node, first.this, second.this):
            given = f"{text(first.this)} | {text(second.this)}"
            yield f"branches {numbers} change places: {given}", swapped
        if first.args["true"] != second.args["true"]:
            results = node.copy()
            results.args["ifs"][place].set("true", second.args["true"].copy())
            results.args["ifs"][place + 1].set("true", first.args["true"].copy())
            given = f"{text(first.args['true'], 40)} | {text(second.args['true'], 40)}"
            yield f"branches {numbers} give each other's result: {given}", results
    default = node.args.get("default")
    if len(branches) == 1 and default is not None and default != branches[0].args["true"]:
        turned = node.copy()
        turned.args["ifs"][0].set("true", default.copy())
        turned.set("default", branches[0].args["true"].copy())
        yield f"the branch and else give each other's result: {text(branches[0].this)}", turned


def _exclude_each_other(
    case: exp.Expression, first: exp.Expression, second: exp.Expression
) -> bool:
    """Whether both branches hold one value against texts or numbers, and never the same."""
    (one, firsts), (other, seconds) = (_held_against(case, each) for each in (first, second))
    return one is not None and one == other and not firsts & seconds


def _held_against(
    case: exp.Expression, condition: exp.Expression
) -> tuple[exp.Expression | None, set[str]]:
    """The value of a branch and the literals that it may be; no value: another condition."""
    value = case.this or condition.this
    if case.this:
        literals = [condition]
    elif isinstance(condition, exp.EQ):
        literals = [condition.expression]
    elif isinstance(condition, exp.In):
        literals = condition.expressions
    else:
        literals = []
    if not literals or not all(isinstance(each, exp.Literal) for each in literals):
        return None, set()
    return value, {each.sql() for each in literals}


def comparison_edge(node: exp.Expression) -> Iterator[Change]:
    """The edge belongs to the other side."""
    other = EDGES.get(type(node))
    if other:
        yield (
            f"{SIGNS[type(node)]} becomes {SIGNS[other]}: {text(node)}",
            other(this=node.this.copy(), expression=node.expression.copy()),
        )


def equality(node: exp.Expression) -> Iterator[Change]:
    """Equal becomes unequal, null becomes not null; the keys of joins stay."""
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        if not isinstance(node.parent, exp.Not):
            yield f"is null becomes is not null: {text(node)}", exp.Not(this=node.copy())
        return
    other = EQUALITY.get(type(node))
    if other and not _is_key(node):
        yield (
            f"{SIGNS[type(node)]} becomes {SIGNS[other]}: {text(node)}",
            other(this=node.this.copy(), expression=node.expression.copy()),
        )


def _is_key(node: exp.Expression) -> bool:
    """An equality of two columns of a join: its opposite would be nearly a cross join."""
    return isinstance(node.expression, exp.Column) and node.find_ancestor(exp.Join) is not None


def extremes(node: exp.Expression) -> Iterator[Change]:
    """The least becomes the greatest."""
    other = EXTREMES.get(type(node))
    if other:
        yield f"{node.key} becomes {other.key}: {text(node)}", other(**node.copy().args)


def join_kind(node: exp.Expression) -> Iterator[Change]:
    """Rows without a partner are kept, or lost."""
    if not isinstance(node, exp.Join) or node.args.get("on") is None:
        return
    changed = node.copy()
    if node.side in ("LEFT", "FULL"):
        to = None if node.side == "LEFT" else "LEFT"
        changed.set("side", to)
        changed.set("kind", None if to else "INNER")
    else:
        changed.set("side", "LEFT")
        changed.set("kind", None)
    was = (node.side or "inner").lower()
    becomes = (changed.side or "inner").lower()
    yield f"{was} join becomes {becomes} join: {text(node.this)}", changed


def dropped_filter(node: exp.Expression) -> Iterator[Change]:
    """One condition of a where, having, on or when is forgotten."""
    if isinstance(node, exp.Where | exp.Having) and not isinstance(node.this, exp.And | exp.Or):
        yield f"{node.key} dropped: {text(node.this)}", None
    if isinstance(node, exp.And | exp.Or):
        word = node.key
        yield f"condition dropped, {word}: {text(node.expression)}", node.this.copy()
        if not isinstance(node.this, type(node)):
            yield f"condition dropped, {word}: {text(node.this)}", node.expression.copy()


def logic(node: exp.Expression) -> Iterator[Change]:
    """Not is forgotten, and becomes or."""
    if isinstance(node, exp.Not):
        yield f"not dropped: {text(node)}", node.this.copy()
    if isinstance(node, exp.And | exp.Or) and node.find_ancestor(exp.Join) is None:
        other = exp.Or if isinstance(node, exp.And) else exp.And
        left = node.this.copy()
        # a chain of or stands in brackets: and would take its last part alone
        left = exp.Paren(this=left) if isinstance(left, exp.Or) else left
        changed = other(this=left, expression=node.expression.copy())
        yield f"{node.key} becomes {other.key}: {text(node)}", exp.Paren(this=changed)


def window(node: exp.Expression) -> Iterator[Change]:
    """A partition or order column is forgotten, the order turned, the frame shifted."""
    if type(node) in LOOKING:
        other = LOOKING[type(node)]
        yield f"{node.key} becomes {other.key}: {text(node)}", other(**node.copy().args)
    if not isinstance(node, exp.Window):
        return
    for place, column in enumerate(node.args.get("partition_by") or []):
        changed = node.copy()
        changed.args["partition_by"].pop(place)
        yield f"partition column dropped: {text(column)} of {text(node, 60)}", changed
    order = node.args.get("order")
    columns = order.expressions if order else []
    for place, column in enumerate(columns):
        if len(columns) > 1:
            changed = node.copy()
            changed.args["order"].expressions.pop(place)
            yield f"order column dropped: {text(column)} of {text(node, 60)}", changed
        turned = node.copy()
        term = turned.args["order"].expressions[place]
        term.set("desc", not term.args.get("desc"))
        yield f"order turned: {text(column)} of {text(node, 60)}", turned
    yield from _frame(node)


def _frame(node: exp.Window) -> Iterator[Change]:
    spec = node.args.get("spec")
    if spec is None:
        return
    for edge in ("start", "end"):
        was = spec.args.get(edge)
        if was == "CURRENT ROW":
            changed = node.copy()
            inward = "preceding" if edge == "end" else "following"
            changed.args["spec"].set(edge, exp.Literal.number(1))
            changed.args["spec"].set(f"{edge}_side", inward)
            yield f"frame leaves out the current row: {text(node)}", changed
        elif was == "UNBOUNDED":
            changed = node.copy()
            changed.args["spec"].set(edge, exp.Literal.number(1))
            yield f"frame reaches one row instead of all: {text(node)}", changed


def sign(node: exp.Expression) -> Iterator[Change]:
    """Plus becomes minus."""
    if isinstance(node, exp.Add | exp.Sub):
        other = exp.Sub if isinstance(node, exp.Add) else exp.Add
        word = "+ becomes -" if isinstance(node, exp.Add) else "- becomes +"
        changed = other(this=node.this.copy(), expression=node.expression.copy())
        yield f"{word}: {text(node)}", changed
    if isinstance(node, exp.Neg):
        yield f"minus dropped: {text(node)}", node.this.copy()


def off_by_one(node: exp.Expression) -> Iterator[Change]:
    """A whole number is one more or one less; a month in a comparison is the next one."""
    if isinstance(node, exp.Literal):
        if isinstance(node.parent, (exp.DataTypeParam, exp.DataType, exp.Limit, exp.Tuple)):
            return
        digits = str(node.this)
        if not digits.isdigit() or digits == OPEN_MONTH:
            return
        if node.is_string and not isinstance(node.parent, exp.Interval):
            return
        for step in (1, -1):
            number = str(int(digits) + step)
            changed = exp.Literal.string(number) if node.is_string else exp.Literal.number(number)
            yield f"{digits} becomes {number}: {text(node.parent)}", changed
    comparison = node.parent
    if (
        isinstance(node, exp.Column)
        and node.name.endswith("month_index")
        and isinstance(comparison, (*EDGES, exp.EQ, exp.Greatest, exp.Least))
    ):
        later = exp.Add(this=node.copy(), expression=exp.Literal.number(1))
        yield f"{text(node)} becomes one month later: {text(comparison)}", later


def coalesced(node: exp.Expression) -> Iterator[Change]:
    """What stands in for a null, or becomes one, is forgotten."""
    if isinstance(node, exp.Coalesce | exp.Nullif):
        yield f"{node.key} dropped: {text(node)}", node.this.copy()


def aggregate(node: exp.Expression) -> Iterator[Change]:
    """Sum becomes max, every becomes any, distinct is forgotten."""
    if isinstance(node, exp.Sum):
        yield f"sum becomes max: {text(node)}", exp.Max(this=node.this.copy())
    if isinstance(node, exp.LogicalOr | exp.LogicalAnd):
        other = exp.LogicalAnd if isinstance(node, exp.LogicalOr) else exp.LogicalOr
        yield f"{node.key} becomes {other.key}: {text(node)}", other(this=node.this.copy())
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        counted = exp.Count(this=node.this.expressions[0].copy(), big_int=True)
        yield f"distinct dropped: {text(node)}", counted


def rounding(node: exp.Expression) -> Iterator[Change]:
    """Rounding or the absolute value is forgotten."""
    if isinstance(node, exp.Round | exp.Floor | exp.Ceil | exp.Abs):
        yield f"{node.key} dropped: {text(node)}", exp.Paren(this=node.this.copy())


def union(node: exp.Expression) -> Iterator[Change]:
    """Rows that are alike become one, or stay apart."""
    if isinstance(node, exp.Union):
        changed = node.copy()
        changed.set("distinct", not node.args.get("distinct"))
        words = ("distinct", "all") if node.args.get("distinct") else ("all", "distinct")
        after = text(node.expression, 60)
        yield f"union {words[0]} becomes union {words[1]}: before {after}", changed
    if isinstance(node, exp.Select) and node.args.get("distinct"):
        changed = node.copy()
        changed.set("distinct", None)
        yield f"distinct dropped: {text(node, 60)}", changed


OPERATORS: dict[str, Operator] = {
    "case branches": case_branches,
    "comparison edge": comparison_edge,
    "equality": equality,
    "least and greatest": extremes,
    "join kind": join_kind,
    "dropped filter": dropped_filter,
    "and, or, not": logic,
    "window": window,
    "sign": sign,
    "off by one": off_by_one,
    "coalesce": coalesced,
    "aggregate": aggregate,
    "rounding": rounding,
    "union and distinct": union,
}
