"""A lint that cannot fail is worthless: each check is fed what it must refuse and what may pass."""

import textwrap
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.utils.reflow.sequence import ReflowSequence
from sqlglot.schema import MappingSchema

from tools.lint import (
    model_shape,
    personal_data,
    portability,
    property_files,
    prose,
    raw_sql,
    spark_plans,
    sql_style,
)
from tools.lint.rendering import ENGINES, Rendered, parse, render

SCHEMA = MappingSchema(
    {
        "lines": {
            "line_id": "varchar",
            "quantity": "int",
            "start_date": "date",
            "end_date": "date",
            "amount": "decimal(18, 2)",
            "rate": "double",
        },
        "customers": {"line_id": "varchar", "segment": "varchar"},
    },
    dialect="duckdb",
)
NOT_NULL = {"lines": {"line_id", "start_date"}}


def messages_of(sql: str) -> list[str]:
    node = Rendered("model.x", "models/x.sql", sql, sql)
    _, _, found = portability.check_query(node, SCHEMA, NOT_NULL)
    return [finding.message for finding in found]


# ---- property files ----


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("models:\n  - name: a\n    desciption: x\n", 3, "desciption"),
        ("models:\n  - name: a\n    config: {materialised: view}\n", 3, "materialised"),
        ("models:\n  - name: a\n    columns:\n      - name: b\n        test: [x]\n", 5, "test"),
        ("unit_tests:\n  - name: a\n    model: b\n    givven: []\n    expect: {}\n", 4, "givven"),
        ("models:\n  - name: a\n    name: b\n", 3, "twice"),
        ("modells: []\n", 1, "modells"),
        ("models: [\n", 2, "not YAML"),
    ],
)
def test_a_misspelt_key_is_reported_with_its_line(text, line, word):
    found = property_files.check_text(text, "x.yml")
    assert [(finding.line, word in finding.message) for finding in found] == [(line, True)]


def test_a_misspelt_key_of_the_project_file_is_reported():
    text = "name: a\nmodel-path: [models]\n"
    found = property_files.check_text(text, "dbt_project.yml", "project")
    assert [finding.line for finding in found] == [2]
    assert "model-path" in found[0].message


def test_a_correct_property_file_passes():
    text = """
        version: 2
        models:
          - name: a
            description: One row per thing.
            config: {tags: [x], meta: {owner: y}}
            columns:
              - name: b
                data_type: integer
                data_tests:
                  - not_null
                  - accepted_values: {arguments: {values: [1, 2]}}
        """
    assert property_files.check_text(textwrap.dedent(text), "x.yml") == []


# ---- personal data ----


def test_personal_data_is_tagged_in_staging_and_named_later_only_where_a_variable_hides_it(
    tmp_path: Path,
) -> None:
    tag = ", config: {meta: {personal_data: true}}"
    columns = f"[{{name: user_name{tag}}}, {{name: work_email}}, {{name: user_id}}]"
    meta = "{personal_data: true, hidden_by: owner_names, reads: user_name}"
    hidden = f"{{name: owner_name, config: {{meta: {meta}}}}}"
    files = {
        "staging/stg_x__users.yml": f"models: [{{name: stg_x__users, columns: {columns}}}]",
        "staging/stg_x__users.sql": "select user_name, user_id from source",
        "intermediate/int_users.sql": "-- user_name\n/*\nuser_name */\nselect user_name as a",
        "marts/dim_users.yml": "models:\n  - name: dim_users\n    columns: [{name: user_name}]",
        "marts/dim_users.sql": "select user_id, other_user_name from users",
        "marts/dim_owners.yml": f"models: [{{name: dim_owners, columns: [{hidden}]}}]",
        "marts/dim_owners.sql": "select user_name as owner_name from users",
        "marts/rpt_owners.sql": "select owner_name from owners",
    }
    for name, text in files.items():
        path = tmp_path / "models" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert [str(finding) for finding in personal_data.check(tmp_path)] == [
        "models/staging/stg_x__users.yml:1: work_email is called like personal data:"
        " tag it with personal_data",
        "models/intermediate/int_users.sql:4: user_name is personal data",
        "models/marts/dim_users.yml:3: user_name is personal data",
        "models/marts/rpt_owners.sql:1: owner_name is personal data",
    ]


# ---- the text of models ----


@pytest.mark.parametrize(
    "line",
    [
        "select amount::integer from lines",
        "select quantity // 2 from lines",
        "select cast(quantity as hugeint) from lines",
        "select line_id from lines qualify true",
        "select try_cast(line_id as integer) from lines",
        "with recursive chain as (select 1) select * from chain",
        "select string_agg(line_id) from lines",
        "select median(amount) from lines",
        "select lag(amount ignore nulls) over (order by line_id) from lines",
        "select line_id from lines group by all",
        "select line_id from lines group by 1",
        "select line_id from lines inner join customers using (line_id)",
        "select line_id from lines right join customers on true",
        "select current_date",
        "select now()",
        "select start_date + interval 1 month from lines",
        'select "line_id" from lines',
        "select cast(amount as double) from lines",
        "select cast(amount as varchar) from lines",
        "select cast(amount as numeric) from lines",
        "select cast(amount as decimal(18)) from lines",
        "select {{ dbt.dateadd('month', 1, 'start_date') }} from lines",
        "select {{ dbt.datediff('start_date', 'end_date', 'day') }} from lines",
        "select {{ dbt.last_day('start_date', 'month') }} from lines",
        "{{ dbt.date_spine('day', 'a', 'b') }}",
        "select cast(amount as {{ dbt.type_float() }}) from lines",
        "{% set rows = run_query('select 1') %}",
        "select * from lines where line_id = '{{ var('as_of_date') }}'",
        "{% if target.type == 'spark' %} select 1 {% endif %}",
        "select '\\n' from lines",
        "select strftime(start_date, '%Y') from lines",
        "select concat(line_id, 'x') from lines",
    ],
)
def test_text_that_breaks_a_rule_is_reported_with_its_line(line):
    found = raw_sql.check_text(f"-- Grain: one row per line.\n\n{line}\n", "models/x.sql")
    assert found
    assert {finding.line for finding in found} == {3}


@pytest.mark.parametrize(
    "line",
    [
        "-- qualify, now() and a::b in a comment",
        "{# qualify, now() and a::b #}",
        "select 'qualify now() a::b' from lines",
        "select cast(amount as {{ dbt.type_string() }}) from lines",
        "select cast(amount as numeric(18, 2)) from lines",
        "select {{ ratio('sum(a)', 'sum(b)') }} from lines",
        "with literals (number, word) as (values (1, 'a')) select * from literals",
        "select row_number() over (partition by line_id order by start_date) from lines",
        "select coalesce(sum(amount) filter (where quantity in (1, 2)), 0) from lines",
        "select count(*) from lines where (a or b) and not exists (select 1 from customers)",
    ],
)
def test_portable_text_passes(line):
    assert raw_sql.check_text(line, "models/x.sql") == []


# ---- resolved SQL ----


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("select cast(rate as decimal(18, 2)) as a from lines", "double to a decimal"),
        ("with x as (select rate * 2 as r from lines) select cast(r as decimal(9, 2)) as a from x",
         "double to a decimal"),
        ("select cast(amount * (1 - rate) as decimal(18, 2)) as a from lines", "double to a dec"),
        ("select min(line_id) as line_id from lines group by quantity"
         " having count(distinct line_id) = 1", "name its table"),
        ("select sum(rate) as a from lines", "last bit"),
        ("select avg(rate) as a from lines", "mean_in_order()"),
        ("select power(rate, 12) as a from lines", "compounded()"),
        ("select end_date - start_date as a from lines", "date minus date"),
        ("select cast(end_date as date) - (start_date) as a from lines", "date minus date"),
        ("select round(rate, 2) as a from lines", "round() of a double"),
        ("select amount / 12 as a from lines", "ratio()"),
        ("select cast(amount as double) / 0 as a from lines", "ratio()"),
        ("select cast(amount as double) / cast(quantity as double) as a from lines", "ratio()"),
        ("select amount / nullif(quantity, 0) as a from lines", "ratio()"),
        ("select quantity + 1 as a, a + 1 as b from lines", "alias of the same select"),
        ("select quantity + 1 as a from lines where a > 1", "alias of the same select"),
        ("select cast(amount as integer) as a from lines", "truncates on Spark"),
        ("select cast(amount as float) as a from lines", "32 bits"),
        ("select avg(amount) as a from lines", "avg()"),
        ("select sum(amount) over (order by end_date) as a from lines", "nulls last"),
        ("select row_number() over (order by c.segment) as a from lines left join customers as c"
         " on lines.line_id = c.line_id", "nulls last"),
        ("select line_id from lines qualify row_number() over (order by line_id) = 1", "qualify"),
        ("select line_id, sum(amount) as a from lines group by all", "group by"),
        ("select line_id, sum(amount) as a from lines group by 1", "group by"),
        ("select string_agg(line_id) as a from lines", "string_agg"),
        ("select median(amount) as a from lines", "median"),
        ("select try_cast(line_id as int) as a from lines", "try_cast"),
        ("with recursive r as (select 1 as a union all select a + 1 from r) select a from r",
         "recursive"),
        ("select lag(amount ignore nulls) over (order by line_id) as a from lines", "ignore nulls"),
        ("select l.line_id from lines as l inner join customers using (line_id)", "using"),
        ("select l.line_id from lines as l right join customers as c on l.line_id = c.line_id",
         "right join"),
        ("select concat(line_id, 'x') as a from lines", "concat()"),
        ("select line_id || 'a\\b' as a from lines", "backslash"),
        ('select line_id as "Line" from lines', "double-quoted"),
        ("select * exclude (rate) from lines", "exclude"),
        ("select count(distinct line_id, quantity) as a from lines", "count(distinct"),
        ("select distinct on (line_id) line_id from lines", "distinct on"),
        ("select date_trunc('month', start_date) as a from lines", "date_trunc"),
        ("select date_diff('month', start_date, end_date) as a from lines", "days or seconds"),
        ("select date_diff('hour', start_date, end_date) as a from lines", "days or seconds"),
        ("select current_date as a from lines", "as_of_date()"),
        ("select misspelt from lines inner join customers on true", "misspelt"),
    ],
)  # fmt: skip
def test_a_query_that_breaks_a_rule_is_reported(sql, word):
    assert any(word in message for message in messages_of(sql)), messages_of(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(amount as double) / nullif(cast(quantity as double), 0) as a from lines",
        "select sum(amount) over (partition by rate order by start_date, line_id) as a from lines",
        "select sum(amount) over (order by end_date nulls last) as a from lines",
        "select sum(amount) over (order by end_date) as a from lines where end_date is not null",
        "select sum(amount) over (order by coalesce(end_date, start_date)) as a from lines",
        "select cast(amount * 100 as integer) as a, cast(floor(amount) as bigint) as b from lines",
        "select cast(amount as decimal(24, 6)) as a, round(amount, 2) as b from lines",
        "select amount as quantity, quantity + 1 as b from lines",
        "select cast(case when quantity = 0 then 1 else 0.01 end as decimal(3, 2)) as a from lines",
        "with x as (select line_id, row_number() over (order by line_id) as n from lines)"
        " select line_id, sum(n) over (order by n) as total from x",
        "select line_id, count(*) as n from lines group by line_id having count(*) > 1",
        "select min(lines.line_id) as line_id from lines group by lines.quantity"
        " having count(distinct lines.line_id) = 1",
        "select line_id || 'x' as a from lines union all select segment from customers",
        "select date_diff('day', start_date, end_date) as a from lines",
        "select date_diff('second', start_date, end_date) as a from lines",
    ],
)
def test_a_portable_query_passes(sql):
    assert messages_of(sql) == []


def test_what_spark_would_read_again_and_again_is_counted_through_ctes_and_views():
    rounds = "with r1 as (select * from v), " + ", ".join(
        f"r{n + 1} as (select a.* from r{n} as a inner join r{n} as b on a.id = b.id)"
        for n in range(1, 7)
    )
    assert spark_plans.count_reads(f"{rounds} select * from r7", {"v": 4}) == 4 * 2**6
    nodes = [
        Rendered("model.p.v", "v.sql", "", "select * from t inner join t as u on t.id = u.id"),
        Rendered("model.p.m", "m.sql", "", f"{rounds} select * from r7 where id in (select 1)"),
    ]
    assert spark_plans.check_reads(nodes, views=set()) == []
    nodes[0] = Rendered("model.p.v", "v.sql", "", f"{'select * from t union all ' * 4}select 1")
    assert [finding.path for finding in spark_plans.check_reads(nodes, views={"v"})] == ["m.sql"]


def test_types_travel_from_model_to_model():
    node = Rendered("model.up", "models/up.sql", "", "select rate + 1 as higher from lines")
    columns, _, _ = portability.check_query(node, SCHEMA, {})
    assert columns["higher"].is_type("double")


def test_a_finding_names_the_line_of_the_source_and_not_of_the_rendering():
    raw = "-- Grain\n{% for a in b %}\n{{ a }},\n{% endfor %}\nselect median(amount) as a\nfrom x"
    sql = "-- Grain\n\n\n\n\n\n\nselect median(amount) as a\nfrom x"
    node = Rendered("model.x", "models/x.sql", raw, sql)
    _, _, found = portability.check_query(node, SCHEMA, {})
    assert {finding.line for finding in found} == {5}


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("spark", "select a // b as c from x"),
        ("spark", "select json_extract_string(a, '$.b') as c from x"),
        ("spark", "select cast(a as numeric) as c from x"),
        ("snowflake", "select sum(a) over w as c from x window w as (order by b)"),
        ("bigquery", "select a from x where"),
        ("postgres", "select hugeint_of(a) as c from x"),
        ("postgres", "select a, from x"),
        ("duckdb", "select from where"),
    ],
)
def test_what_an_engine_cannot_read_is_reported(engine, sql):
    named = next(candidate for candidate in ENGINES if candidate.name == engine)
    assert portability.check_engine(Rendered("model.x", "models/x.sql", sql, sql), named)


# ---- rendering ----


@pytest.fixture(scope="module")
def small_project(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("project")
    files = {
        "dbt_project.yml": "name: small\nprofile: small\nconfig-version: 2\n",
        "profiles.yml": """
            small: {target: lint, outputs: {lint: {type: duckdb, path: ":memory:"}}}
        """,
        "macros/engine.sql": """
            {% macro next_day(day) %}{{ return(adapter.dispatch('next_day')(day)) }}{% endmacro %}
            {% macro default__next_day(day) %}{{ return(day ~ ' + 1') }}{% endmacro %}
            {% macro spark__next_day(day) %}{{ return('date_add(' ~ day ~ ', 1)') }}{% endmacro %}
        """,
        "models/days.sql": "select cast('2024-01-31' as date) as day, 1.5 as rate\n",
        "models/next_days.sql": """
            select
                {{ next_day('day') }} as next_day,
                cast(day as {{ dbt.type_string() }}) as day_text,
                '{{ target.type }}' as engine,
                cast(cast(rate as double) as numeric(9, 2)) as rate
            from {{ ref('days') }}
        """,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return root


def test_each_engine_gets_its_own_dispatched_macros_types_and_quotes(small_project):
    manifest = parse(small_project)
    rendered = {
        engine.name: next(
            node.sql
            for node in render(small_project, manifest, engine)
            if node.path == "models/next_days.sql"
        )
        for engine in ENGINES
    }
    assert "day + 1 as next_day" in rendered["duckdb"]
    assert "date_add(day, 1) as next_day" in rendered["spark"]
    assert "day + 1 as next_day" in rendered["postgres"]
    assert "cast(day as string)" in rendered["spark"]
    assert "cast(day as text)" in rendered["postgres"].lower()
    assert "'bigquery' as engine" in rendered["bigquery"]
    assert "`days`" in rendered["spark"]
    assert '"days"' in rendered["snowflake"]


def test_the_whole_check_finds_what_only_the_types_of_another_model_show(small_project):
    found = portability.check(small_project)
    assert [(finding.path, finding.line) for finding in found] == [("models/next_days.sql", 5)]
    assert "double to a decimal" in found[0].message


# ---- the shape of models ----

GOOD = "-- Grain: one row per line.\nwith final as (\n    select 1 as a\n)\n\nselect * from final\n"


def test_a_well_shaped_model_passes():
    assert model_shape.check_model(GOOD, "models/marts/x.sql") == []


@pytest.mark.parametrize(
    ("text", "path", "word"),
    [
        ("with final as (select 1)\nselect * from final\n", "models/x.sql", "first line"),
        (GOOD.replace("1 as a", "1 as a" + "\n" * 210), "models/x.sql", "at most 200"),
        (GOOD.replace("1 as a", "1 as a" + "\n" * 110), "models/x.sql", "long because"),
        (GOOD.replace("1 as a", "{{ ref('a') }}" * 13), "models/x.sql", "13 refs"),
        (GOOD.replace("* from final", "a from final"), "models/x.sql", "last line"),
        (GOOD.replace("1 as a", "1 from a join b"), "models/staging/x.sql", "joins"),
        (GOOD.replace("1 as a", "a from b group by a"), "models/staging/x.sql", "aggregates"),
        (GOOD.replace("1 as a", "{{ ref('a') }}"), "models/staging/x.sql", "extract()"),
        (GOOD.replace("1 as a", "{{ source('a', 'b') }}"), "models/staging/x.sql", "door"),
        (GOOD.replace("1 as a", "{{ extract('a', 'b') }}"), "models/marts/x.sql", "raw data"),
        (GOOD.replace("1 as a", "{{ ref('sample_a__b') }}"), "models/marts/x.sql", "sample"),
    ],
)
def test_a_misshapen_model_is_reported(text, path, word):
    found = model_shape.check_model(text, path)
    assert any(word in finding.message for finding in found), found


def test_a_model_without_a_property_file_and_a_seed_with_an_untyped_column_are_reported(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "models" / "x.sql").write_text(GOOD)
    (tmp_path / "seeds" / "rates.csv").write_text("currency,rate\nEUR,1\n")
    (tmp_path / "seeds" / "rates.yml").write_text(
        "seeds:\n  - name: rates\n    config: {column_types: {currency: varchar}}\n"
    )
    found = [str(finding) for finding in model_shape.check(tmp_path)]
    assert found == [
        "models/x.sql:1: no x.yml beside it",
        "seeds/rates.csv:1: no column_types for rate",
    ]


# ---- sqlfluff ----


def test_style_is_found_with_its_line_and_rule_and_layout_may_be_read_once(tmp_path, monkeypatch):
    path = tmp_path / "x.sql"
    path.write_text("select\n    a.one as uno\n    , 2 as two\nFROM tables as a\n")
    settings = {"templater": "raw", "dialect": "duckdb"}
    linter = Linter(config=FluffConfig.from_path(str(tmp_path), overrides=settings))
    name, found = sql_style._of_file(linter, str(path))
    assert [line.split(" ")[:2] for line in found] == [["3:", "LT04"], ["4:", "CP01"]]
    monkeypatch.setattr(ReflowSequence, "from_root", ReflowSequence.from_root)
    sql_style._read_the_layout_once()
    assert sql_style._of_file(linter, name) == (name, found)
    path.write_text("select 1 as one\n")
    assert sql_style._of_file(linter, name) == (name, [])


def test_a_file_is_linted_again_when_it_or_what_it_depends_on_changes(tmp_path, monkeypatch):
    for name in (*sql_style.SETTINGS, "macros/one.sql", "models/a.sql", "models/b.sql"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("select 1")
    asked, found = [], {"models/a.sql": [], "models/b.sql": ["1: LT01 not so"]}

    def look(names, _variables):
        asked.append(names)
        return {name: found[name] for name in names}

    monkeypatch.setattr(sql_style, "ROOT", tmp_path)
    monkeypatch.setattr(sql_style, "CLEAN", tmp_path / "target" / "clean.json")
    monkeypatch.setattr(sql_style, "_found", look)
    monkeypatch.setattr(sql_style, "_found_in_modes", lambda names: dict.fromkeys(names))
    names = list(found)
    assert sql_style.lint(names) == sql_style.lint(names) == ["models/b.sql:1: LT01 not so"]
    (tmp_path / "models/a.sql").write_text("select 2")
    sql_style.lint(names)
    (tmp_path / "macros/one.sql").write_text("select 3")
    sql_style.lint(names)
    assert asked == [names, names[1:], names, names]
    found["models/b.sql"] = None
    assert sql_style.lint(names) == ["models/b.sql:1: is part of the project in no mode"]


# ---- prose ----


@pytest.mark.parametrize(
    ("name", "text", "line", "word"),
    [
        ("README.md", "A page.\n\nWhat nobody sold.", 3, "nobody"),
        ("docs/x.md", "```\nnobody\n```\nGone `told` [x](gone.md).", 4, "Gone"),
        (
            "models/a.yml",
            "models:\n  - name: told\n    description: A stretch of a_told",
            3,
            "stretch",
        ),
        ("models/a.yml", "unit_tests:\n  - name: a_row_that_is_gone\n    given: [told]", 2, "gone"),
        ("models/a.yml", "unit_tests:\n  - name: a\n    description: >\n      told", 4, "told"),
        ("vars.yml", "vars:\n  # put aside\n  a: 1", 2, "put aside"),
        ("models/a.sql", "select gone -- told\nfrom judged", 1, "told"),
        ("macros/a.sql", "{#- A\n chance. -#}\n{{ told }}", 2, "chance"),
        ("seeds/reference/a.csv", "a,b\nc,its waist", 2, "waist"),
        ("arr_ledger/a.py", '"""gone"""\ntold = f"{gone} is held back"', 2, "held back"),
    ],
)
def test_a_word_of_the_list_is_found_in_prose_alone(
    tmp_path: Path, name: str, text: str, line: int, word: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    (found,) = prose.check(tmp_path)
    assert (found.path, found.line) == (name, line)
    assert found.message.startswith(f"'{word}': write ")
