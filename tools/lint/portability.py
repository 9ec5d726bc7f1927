"""The ten portability rules, read off the SQL that every engine would receive.

Each model, test and analysis is rendered for five engines (rendering.py) and must parse in each
engine's dialect. The DuckDB rendering is then resolved, model after model, so that the type of
every expression is known: what the rules forbid about types (a double turned into money, a date
taken from a date, a mean of decimals) is found by type and not by spelling.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlglot
from dbt.contracts.graph.manifest import Manifest
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from tools.lint import raw_sql
from tools.lint.findings import Finding
from tools.lint.nullability import NotNull, Nullability
from tools.lint.rendering import ENGINES, Engine, Rendered, parse, render
from tools.lint.spark_plans import check_reads

# Functions sqlglot has no class for, yet the engine has.
KNOWN_TO_ENGINE = {
    "duckdb": {
        "json_extract_string",
        "json_valid",
        "to_hours",
        "to_months",
        "error",
        "nfc_normalize",
    },
    "spark": {"raise_error"},
    "snowflake": set(),
    "bigquery": {"error"},
    "postgres": set(),
}
NOT_NULL_TESTS = {"not_null": "column_name", "no_nulls": "columns", "one_row_per": "filled"}
Report = Callable[[exp.Expression | None, str], None]


class _NullsSmall(DuckDB):
    NULL_ORDERING = "nulls_are_small"


class _NullsLarge(DuckDB):
    NULL_ORDERING = "nulls_are_large"


def check(root: Path) -> list[Finding]:
    """Findings in the rendered SQL of the project in root. Raises RenderError."""
    manifest = parse(root)
    found = []
    for engine in ENGINES:
        nodes = render(root, manifest, engine)
        if not nodes:
            found.append(Finding("dbt_project.yml", 1, f"nothing was rendered for {engine.name}"))
        for node in nodes:
            found += check_engine(node, engine)
        if engine.name == "duckdb":
            found += check_rules(nodes, manifest)
        if engine.name == "spark":
            by_id = {node.unique_id: node for node in nodes}
            ordered = [by_id[unique_id] for unique_id in _upstream_first(by_id, manifest)]
            found += check_reads(ordered, _views_on_spark(manifest))
    return sorted(set(found))


def check_engine(node: Rendered, engine: Engine) -> list[Finding]:
    """Whether the engine can read its rendering at all."""
    text = raw_sql.without_comments_and_literals(node.sql)
    comma = re.search(r",\s*from\b", text, re.IGNORECASE)
    if comma:
        line = text.count("\n", 0, comma.start()) + 1
        return [Finding(node.path, _raw_line(node, line), "no trailing comma before from")]
    try:
        tree = sqlglot.parse_one(node.sql, dialect=engine.name)
    except SqlglotError as error:
        detail = (getattr(error, "errors", None) or [{}])[0]
        line = _raw_line(node, detail.get("line") or 1)
        what = detail.get("description") or str(error).splitlines()[0]
        near = detail.get("highlight") or ""
        return [Finding(node.path, line, f"{engine.name} cannot read it: {what} {near}".rstrip())]
    found = []
    report = _reporter(node, found)
    for kind in tree.find_all(exp.DataType):
        # DuckDB's parser fills in its own precision, so this shows in the others' renderings
        if engine.name == "spark" and kind.is_type("decimal") and len(kind.expressions) < 2:
            report(kind.parent, "numeric needs (p, s): bare, it is (10,0) on Spark")
    for call in tree.find_all(exp.Anonymous):
        if call.name.lower() not in KNOWN_TO_ENGINE[engine.name]:
            report(call, f"{engine.name} may have no {call.name.lower()}()")
    return found


def check_rules(nodes: list[Rendered], manifest: Manifest) -> list[Finding]:
    """The rules on the DuckDB rendering, upstream models first so that types are known."""
    schema, not_null, quoted = _landed(manifest)
    by_id = {node.unique_id: node for node in nodes}
    found = []
    for unique_id in _upstream_first(by_id, manifest):
        node = by_id[unique_id]
        relation = manifest.nodes[unique_id]
        columns, never_null, findings = check_query(node, schema, not_null, quoted)
        found += findings
        if str(relation.resource_type) in ("model", "snapshot"):
            if columns:
                schema.add_table(relation.alias, columns, dialect="duckdb")
            not_null.setdefault(relation.alias, set()).update(never_null)
    return found


def check_query(
    node: Rendered, schema: MappingSchema, not_null: NotNull, quoted: frozenset[str] = frozenset()
) -> tuple[dict[str, exp.DataType], set[str], list[Finding]]:
    """Types of the query's columns, those that cannot be null, and what breaks a rule."""
    found = []
    report = _reporter(node, found)
    try:
        tree = sqlglot.parse_one(node.sql, dialect=_NullsLarge)
    except SqlglotError:
        return {}, set(), []  # reported by check_engine
    _mark_explicit_null_order(tree, node.sql)
    for rule in (_structure, _expressions):
        rule(tree, report)
    _quoted_identifiers(tree, quoted, report)
    for table in tree.find_all(exp.Table):
        table.set("db", None)
        table.set("catalog", None)
    try:
        resolved = qualify(
            tree,
            dialect="duckdb",
            schema=schema,
            expand_alias_refs=False,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        resolved = annotate_types(resolved, schema=schema, dialect="duckdb")
    except SqlglotError as error:
        report(None, f"cannot be resolved: {str(error).splitlines()[0]}")
        return {}, set(), found
    scopes = list(traverse_scope(resolved))
    nullability = Nullability(not_null)
    for scope in scopes:
        if isinstance(scope.expression, exp.Select):
            _alias_reuse(scope, schema, report)
            _null_order(scope, nullability, report)
    _types(resolved, report)
    if node.unique_id.startswith("model."):
        _last_bits(resolved, report)
    unknown = exp.DataType.build("unknown")
    columns = {selected.alias_or_name: selected.type or unknown for selected in resolved.selects}
    return columns, nullability.not_null_outputs(scopes[-1]), found


def _reporter(node: Rendered, found: list[Finding]) -> Report:
    def report(where: exp.Expression | None, message: str) -> None:
        found.append(Finding(node.path, _raw_line(node, _line(where)), message))

    return report


def _structure(tree: exp.Expression, report: Report) -> None:
    for with_ in tree.find_all(exp.With):
        if with_.args.get("recursive"):
            report(with_, "no recursive CTE: Spark 3.5 has none")
    for qualify_ in tree.find_all(exp.Qualify):
        report(qualify_, "no qualify: number the rows in one CTE, filter in the next")
    for group in tree.find_all(exp.Group):
        if group.args.get("all"):
            report(group.parent, "group by names its columns")
        for key in group.expressions:
            if isinstance(key, exp.Literal):
                report(key, "group by names its columns")
    for having in tree.find_all(exp.Having):
        made = {
            item.alias
            for item in having.parent.selects
            if isinstance(item, exp.Alias) and not isinstance(item.this, exp.Column)
        }
        for column in having.find_all(exp.Column):
            if not column.table and column.name in made and column.find_ancestor(exp.Distinct):
                report(column, f"{column.name} is an alias for Spark in having: name its table")
    for order in tree.find_all(exp.Order):
        for key in order.expressions:
            if key.this.name == "all" or isinstance(key.this, exp.Literal):
                report(key, "order by names its columns")
    for join in tree.find_all(exp.Join):
        if join.args.get("using"):
            report(join, "joins are written with on, not using()")
        if join.side == "RIGHT" or join.method or join.kind in ("SEMI", "ANTI"):
            report(join, f"no {(join.method or join.side or join.kind).lower()} join")
    for star in tree.find_all(exp.Star):
        if star.args.get("except_") or star.args.get("replace") or star.args.get("rename"):
            report(star, "no exclude or replace after *: name the columns")
    for distinct in tree.find_all(exp.Distinct):
        if distinct.args.get("on"):
            report(distinct, "no distinct on: number the rows in one CTE, filter in the next")
        if isinstance(distinct.parent, exp.Count) and len(distinct.expressions) > 1:
            report(distinct, "no count(distinct a, b)")


def _expressions(tree: exp.Expression, report: Report) -> None:
    for node, message in (
        (exp.TryCast, "no try_cast: it hides bad rows, and Postgres has none"),
        (exp.IgnoreNulls, "no ignore nulls: DuckDB and Postgres refuse it"),
        (exp.GroupConcat, "no string_agg or listagg: Spark 3.5 has neither"),
        (exp.Median, "no median(): Postgres has none; use percentile_cont"),
        (exp.CurrentDate, "the only clock is as_of_date()"),
        (exp.CurrentTimestamp, "the only clock is as_of_date()"),
        (exp.TimestampTrunc, "no date_trunc: its type differs; use month_index()"),
        (exp.DateTrunc, "no date_trunc: its type differs; use month_index()"),
        (exp.LastDay, "no last_day: use the calendar"),
        (exp.Unnest, "no unnest: engines differ"),
        (exp.Lambda, "no lambda: engines differ"),
    ):
        for bad in tree.find_all(node):
            report(bad, message)
    for difference in tree.find_all(exp.DateDiff):
        # Spark's takes no unit and counts days; all cut parts of a second off before they count
        if difference.text("unit").upper() not in ("", "DAY", "SECOND"):
            report(difference, "no datediff but of days or seconds: engines count it differently")
    for cast in tree.find_all(exp.Cast):
        if cast.to.is_type("float"):
            report(cast, "float has 32 bits; the type is type_double()")
    for division in tree.find_all(exp.Div):
        if not _is_ratio(division):
            report(division, "divide through ratio(): two doubles, nullif() below")
    for concat in tree.find_all(exp.Concat):
        if not all(_is_text_for_sure(part) for part in concat.expressions):
            report(concat, "no concat(): with a null it is null on Spark, not on DuckDB; use ||")
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and "\\" in literal.this:
            report(literal, "no backslash in a literal: Spark reads an escape")


def _is_ratio(division: exp.Div) -> bool:
    below = division.expression.unnest()
    if not _is_double(division.this.unnest()):
        return False
    if isinstance(below, exp.Literal):  # a double by a number that is not zero
        return not below.is_string and float(below.name) != 0
    return (
        isinstance(below, exp.Nullif)
        and _is_double(below.this.unnest())
        and below.expression.name == "0"
    )


def _is_double(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.is_type("double")


def _is_text_for_sure(part: exp.Expression) -> bool:
    part = part.this if isinstance(part, exp.Cast) else part
    return isinstance(part, exp.Literal | exp.Coalesce)


def _quoted_identifiers(tree: exp.Expression, allowed: frozenset[str], report: Report) -> None:
    for identifier in tree.find_all(exp.Identifier):
        if not identifier.quoted or isinstance(identifier.parent, exp.Table):
            continue
        if identifier.name not in allowed:
            report(identifier, "no double-quoted identifier: Spark and BigQuery read a string")


def _alias_reuse(scope: Scope, schema: MappingSchema, report: Report) -> None:
    """After resolving, a column of the select list or the filter without a table is an alias."""
    tables = (source for source in scope.sources.values() if isinstance(source, exp.Table))
    if not all(schema.column_names(table) for table in tables):
        return  # a table of unknown columns may have one of that name
    select = scope.expression
    aliases = {item.alias for item in select.selects if isinstance(item, exp.Alias)}
    places = [*select.selects, select.args.get("where"), *(select.args.get("joins") or [])]
    for place in filter(None, places):
        for column in place.find_all(exp.Column):
            inner = column.find_ancestor(exp.Select)
            if column.table or inner is not select or column.name not in aliases:
                continue
            report(column, f"{column.name} is an alias of the same select: repeat or add a CTE")


def _null_order(scope: Scope, nullability: Nullability, report: Report) -> None:
    for ordered in scope.find_all(exp.Ordered):
        if ordered.meta.get("explicit_nulls") or ordered.find_ancestor(exp.Window) is None:
            continue
        if ordered.find_ancestor(exp.Select) is not scope.expression:
            continue
        if not nullability.cannot_be_null(ordered.this, scope):
            name = ordered.this.sql("duckdb").split(".")[-1]
            report(ordered, f"{name} may be null: say nulls first or nulls last in the window")


def _types(tree: exp.Expression, report: Report) -> None:
    for cast in tree.find_all(exp.Cast):
        inner = cast.this.unnest()
        if cast.to.is_type("decimal") and _holds_double(inner):
            report(cast, "never a double to a decimal: 1.005 rounds differently")
        cuts = cast.to.is_type("int", "bigint", "smallint") and not _is_whole(inner)
        if cuts and _has_type(inner, "double", "float", "decimal"):
            report(cast, "a cast to integer rounds here and truncates on Spark: use floor()")
    for difference in tree.find_all(exp.Sub):
        sides = (difference.left.unnest(), difference.right.unnest())
        if all(_has_type(side, "date", "timestamp") for side in sides):
            report(difference, "no date minus date: an interval on Spark, a number on DuckDB")
    for rounding in tree.find_all(exp.Round):
        if _has_type(rounding.this.unnest(), "double", "float"):
            report(rounding, "no round() of a double: Postgres has none")
    for average in tree.find_all(exp.Avg):
        if _has_type(average.this.unnest(), "decimal"):
            report(average, "no avg() of money: use ratio(sum, count)")


def _last_bits(tree: exp.Expression, report: Report) -> None:
    """What gives another last bit on another engine, or for rows in another order."""
    for kind, message in (
        (exp.Sum, "no sum() of doubles, its last bit depends on the order: sum before ratio()"),
        (exp.Avg, "no avg() of doubles, its last bit depends on the order: use mean_in_order()"),
        (exp.Pow, "no power() of a double, engines differ in the last bit: use compounded()"),
    ):
        for call in tree.find_all(kind):
            if _has_type(call.this.unnest(), "double", "float"):
                report(call, message)


def _holds_double(node: exp.Expression) -> bool:
    """A double by a column, a cast or a function, also below arithmetic with decimals.

    sqlglot calls the literal 0.01 a double, and a decimal times a double a decimal.
    """
    passed_on = (
        exp.Case,
        exp.If,
        exp.Add,
        exp.Sub,
        exp.Mul,
        exp.Div,
        exp.Neg,
        exp.Paren,
        exp.Coalesce,
    )
    if isinstance(node, passed_on):
        return any(
            _holds_double(inner)
            for name, part in node.args.items()
            # what a case asks is no part of what it answers
            if not (isinstance(node, exp.If) and name == "this")
            for inner in (part if isinstance(part, list) else [part])
            if isinstance(inner, exp.Expression)
        )
    return not isinstance(node, exp.Literal) and _has_type(node, "double", "float")


def _has_type(node: exp.Expression, *kinds: str) -> bool:
    return bool(node.type and node.type.is_type(*kinds))


def _is_whole(node: exp.Expression) -> bool:
    """Whole by type (scale 0) or by making (floor, or a multiple of a power of ten)."""
    if isinstance(node, exp.Floor | exp.Ceil | exp.Extract | exp.Sign | exp.Round):
        return True
    if isinstance(node, exp.Mul):
        return any(re.fullmatch(r"10+", side.name) for side in (node.left, node.right))
    if node.type and node.type.is_type("decimal"):
        scale = node.type.expressions[1:2]
        return bool(scale) and scale[0].name == "0"
    return False


def _landed(manifest: Manifest) -> tuple[MappingSchema, NotNull, frozenset[str]]:
    """Types, not_null tests and quoted names of what the models start from."""
    schema = MappingSchema(dialect="duckdb")
    not_null: NotNull = {}
    quoted = set()
    declared: dict[str, dict[str, str]] = {}
    for node in manifest.nodes.values():
        if str(node.resource_type) == "seed":
            declared.setdefault(node.alias, {}).update(node.config.column_types or {})
        test = getattr(node, "test_metadata", None)
        if test and test.name in NOT_NULL_TESTS and node.attached_node in manifest.nodes:
            table = manifest.nodes[node.attached_node].alias
            named = test.kwargs[NOT_NULL_TESTS[test.name]]
            not_null.setdefault(table, set()).update([named] if isinstance(named, str) else named)
    for source in manifest.sources.values():
        seed = f"sample_{source.source_name}__{source.name}"
        for name, column in source.columns.items():
            meta = column.config.meta
            declared.setdefault(seed, {})[name] = column.data_type or "unknown"
            if meta.get("is_required") and not meta.get("may_be_null"):
                not_null.setdefault(seed, set()).add(name)
            if column.quote:
                quoted.add(name)
    for table, columns in declared.items():
        if columns:
            schema.add_table(table, columns, dialect="duckdb")
    return schema, not_null, frozenset(quoted)


def _views_on_spark(manifest: Manifest) -> set[str]:
    """Below the marts every view is a table on Spark: dbt_project.yml and the property files."""
    return {
        node.name
        for node in manifest.nodes.values()
        if str(node.resource_type) == "model"
        and node.config.materialized == "view"
        and node.fqn[1] == "marts"
    }


def _upstream_first(by_id: dict[str, Rendered], manifest: Manifest) -> Iterator[str]:
    done: set[str] = set()

    def visit(unique_id: str) -> Iterator[str]:
        if unique_id in done or unique_id not in manifest.nodes:
            return
        done.add(unique_id)
        for parent in getattr(manifest.nodes[unique_id].depends_on, "nodes", []):
            yield from visit(parent)
        if unique_id in by_id:
            yield unique_id

    for unique_id in by_id:
        yield from visit(unique_id)


def _mark_explicit_null_order(tree: exp.Expression, sql: str) -> None:
    """An order that says nulls first or last reads the same whatever the dialect's default is."""
    other = sqlglot.parse_one(sql, dialect=_NullsSmall)
    pairs = zip(tree.find_all(exp.Ordered), other.find_all(exp.Ordered), strict=True)
    for ordered, twin in pairs:
        same = bool(ordered.args.get("nulls_first")) == bool(twin.args.get("nulls_first"))
        ordered.meta["explicit_nulls"] = same


def _line(node: exp.Expression | None) -> int:
    """The line of the rendered SQL: of the expression, or of the first name in it."""
    if node is None:
        return 1
    while node is not None:
        lines = [inner.meta["line"] for inner in node.walk() if "line" in inner.meta]
        if lines:
            return min(lines)
        node = node.parent
    return 1


def _raw_line(node: Rendered, rendered_line: int) -> int:
    """The line of the source that became a line of the rendered SQL."""
    rendered = [line.strip() for line in node.sql.splitlines()]
    raw = [line.strip() for line in node.raw.splitlines()]
    matcher = difflib.SequenceMatcher(None, raw, rendered, autojunk=False)
    at = rendered_line - 1
    for _, raw_from, raw_to, from_, to in matcher.get_opcodes():
        if from_ <= at < to:
            return min(raw_from + at - from_, max(raw_to - 1, raw_from), len(raw) - 1) + 1
    return 1
