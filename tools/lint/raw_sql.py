"""What the text of a model, test or macro says before dbt renders it: exact lines, no guessing."""

import re
from pathlib import Path

from tools.lint.findings import Finding


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions that give the same answer on DuckDB, Spark, Snowflake, BigQuery and Postgres.
PORTABLE_FUNCTIONS = _words(
    """abs avg cast ceil coalesce count cume_dist dense_rank exp extract first_value floor greatest
    lag last_value lead least length ln lower max md5 min mod ntile nullif percentile_cont
    percent_rank power rank replace round row_number sign sqrt sum trim upper"""
)
# Words that may stand before a bracket without being a function; numeric(18, 2) is a type.
WORDS_BEFORE_BRACKETS = _words(
    """all and any array as between by case char decimal distinct else except exists filter from
    group having in intersect interval is join like not numeric on or order over partition select
    some then union using values varchar when where with within"""
)
ENGINE_MACROS = "macros/engine/"

JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
JINJA_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
JINJA_BLOCK = re.compile(r"\{%.*?%\}", re.DOTALL)
SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
# a CTE or an alias with its column list: literals (month_index, date_month) as (
COLUMN_LIST = re.compile(
    r"(?:\bwith|,|\bas)\s+([a-z_]\w*)\s*\((?=[^()]*\)\s*as\s*\()|\bas\s+([a-z_]\w*)\s*\(",
    re.IGNORECASE,
)
LITERAL = re.compile(r"'(?:[^']|'')*'")
CALL = re.compile(r"(?<![\w.\"`])([a-z_]\w*)\s*\(", re.IGNORECASE)

# In the SQL outside of Jinja.
BANNED_IN_SQL = (
    (r"::", "write cast(x as type), not ::"),
    (r"//", "// is DuckDB's alone; use whole_division()"),
    (r"\bhugeint\b", "hugeint is DuckDB's alone; use type_whole()"),
    (r"\bqualify\b", "no qualify: number the rows in one CTE, filter in the next"),
    (r"\b(try_cast|safe_cast)\b", "no try_cast: it hides bad rows, and Postgres has none"),
    (r"\bwith\s+recursive\b", "no recursive CTE: Spark 3.5 has none"),
    (r"\b(ignore|respect)\s+nulls\b", "no ignore nulls: DuckDB and Postgres refuse it"),
    (r"\bgroup\s+by\s+all\b", "group by names its columns"),
    (r"\bgroup\s+by\s+\d", "group by names its columns"),
    (r"\busing\s*\(", "joins are written with on, not using()"),
    (r"\bright\s+(outer\s+)?join\b", "no right join: turn the tables round"),
    (r"\bnatural\s+join\b", "no natural join"),
    (r"\b(asof|positional|lateral)\s+join\b", "this join is not portable"),
    (r"\bcurrent_(date|time|timestamp)\b", "the only clock is as_of_date()"),
    (r"\b(now|today|getdate|sysdate)\s*\(", "the only clock is as_of_date()"),
    (r"\binterval\b", "no interval: months are counted by month_index(), days by add_days()"),
    (r'"', "no double-quoted identifier: Spark and BigQuery read a string"),
    (r"\b(float|real|float4|float8|float64|double)\b", "the type is {{ type_double() }}"),
    (r"\bas\s+(text|string|varchar)\b", "the type is {{ dbt.type_string() }}"),
    (r"\bas\s+timestamp\b", "the type is {{ dbt.type_timestamp() }}"),
    (r"\bas\s+(numeric|decimal)\b(?!\s*\(\s*\d+\s*,\s*\d+\s*\))", "numeric needs (p, s)"),
)
# In the whole text, Jinja included.
BANNED_ANYWHERE = (
    (
        r"\bdbt\.(date_spine|dateadd|datediff|last_day|date_trunc|get_intervals_between|split_part|"
        r"safe_cast|listagg|type_float|type_numeric|current_timestamp|bool_or|any_value)\b",
        "this dbt macro gives different answers on different engines",
    ),
    (r"(?<![\w.])(date_spine|dateadd|datediff|last_day|type_float)\s*\(", "not portable"),
    (r"\b(run_query|dbt_utils\.\w+)\s*\(", "no query at compile time"),
    (r"\{%-?\s*call\s+statement\b", "no query at compile time"),
)
ONLY_IN_MODELS = (
    (r"(?<![\w.])var\s*\(", "read variables through a macro of macros/policy/, not var()"),
    (r"\btarget\.|\badapter\.", "what differs between engines is a macro in macros/engine/"),
)


def check(root: Path) -> list[Finding]:
    found = []
    for folder in ("models", "tests", "analyses", "macros", "snapshots"):
        for path in sorted((root / folder).rglob("*.sql")):
            name = path.relative_to(root).as_posix()
            if not name.startswith(ENGINE_MACROS):
                found += check_text(path.read_text(encoding="utf-8"), name)
    return found


def check_text(text: str, path: str) -> list[Finding]:
    is_macro = path.startswith(("macros/", "tests/generic/"))
    code = _blank(JINJA_COMMENT, text)
    # a value stands for a name, a block for nothing that SQL could mean
    no_jinja = _blank(JINJA_BLOCK, _blank(JINJA_VALUE, code, "j"), ";")
    sql = _blank(SQL_COMMENT, _blank(LITERAL, no_jinja))
    literals = _blank(SQL_COMMENT, no_jinja)
    found = []
    for pattern, message in BANNED_IN_SQL:
        found += _matches(pattern, sql, path, message)
    for pattern, message in BANNED_ANYWHERE:
        found += _matches(pattern, code, path, message)
    if not is_macro:
        for pattern, message in ONLY_IN_MODELS:
            found += _matches(pattern, code, path, message)
    for literal in LITERAL.finditer(literals):
        if "\\" in literal.group():
            line = literals.count("\n", 0, literal.start()) + 1
            found.append(Finding(path, line, "no backslash in a literal: Spark reads an escape"))
    named = {name.lower() for match in COLUMN_LIST.finditer(sql) for name in match.groups("")}
    for call in CALL.finditer(sql):
        name = call.group(1).lower()
        if name in PORTABLE_FUNCTIONS | WORDS_BEFORE_BRACKETS | named or set(name) == {"j"}:
            continue
        line = sql.count("\n", 0, call.start()) + 1
        message = f"{name}() is not known to be portable; dispatch it in {ENGINE_MACROS}"
        found.append(Finding(path, line, message))
    return sorted(set(found))


def without_comments_and_literals(sql: str) -> str:
    return _blank(SQL_COMMENT, _blank(LITERAL, sql))


def _blank(pattern: re.Pattern, text: str, fill: str = " ") -> str:
    """The text with what matches blanked out, lines and columns kept."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", fill, match.group()), text)


def _matches(pattern: str, text: str, path: str, message: str) -> list[Finding]:
    return [
        Finding(path, text.count("\n", 0, match.start()) + 1, message)
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
