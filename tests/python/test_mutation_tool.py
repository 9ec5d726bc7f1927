"""The mutation tool: each operator makes the mistake it says, and a toy company notices it."""

import json
from pathlib import Path

import duckdb
import pytest

from tools.mutation.equivalents import read_equivalents
from tools.mutation.mutants import Mutant, mutants_of, mutate, parse, render
from tools.mutation.operators import OPERATORS
from tools.mutation.project import DataTest, Project, Relation, UnitTest
from tools.mutation.report import markdown, score
from tools.mutation.sample_company import SampleCompany
from tools.mutation.sampling import sample
from tools.mutation.verdicts import Result, Verdict

MODEL = """-- Grain: one row per customer.
with lines as (

    select * from "mutated"."staging"."lines"
    where amount > 0

),

final as (

    select
        customer,
        sum(amount) as arr
    from lines
    group by customer

)

select * from final
"""
TESTED = MODEL.replace(
    "with lines as (",
    "with __dbt__cte__lines as (select 'a' as customer, {} as amount),\nlines as (",
).replace('"mutated"."staging"."lines"', "__dbt__cte__lines")


def changes(sql: str, operator: str) -> set[str]:
    """The SQL of a CTE after each change that the operator can make."""
    whole = f"with final as (\n{sql}\n)\nselect * from final"
    mutants = [each for each in mutants_of("m", whole, whole) if each.operator == operator]
    mutated = [mutate(whole, each) for each in mutants]
    assert None not in mutated
    return {render(parse(each).ctes[0].this) for each in mutated if each}


@pytest.mark.parametrize(
    ("operator", "sql", "expected"),
    [
        (
            "case branches",
            "select case when a then 1 when b then 2 else 3 end from t",
            {
                "select case when b then 2 when a then 1 else 3 end from t",
                "select case when a then 2 when b then 1 else 3 end from t",
            },
        ),
        (
            "case branches",
            "select case when a then 1 else 2 end from t",
            {"select case when a then 2 else 1 end from t"},
        ),
        (
            "case branches",
            "select case when a = 'x' then 1 when a in ('y', 'z') then 2 end from t",
            {"select case when a = 'x' then 2 when a in ('y', 'z') then 1 end from t"},
        ),
        (
            "case branches",
            "select case a when 'x' then 1 when 'y' then 2 end from t",
            {"select case a when 'x' then 2 when 'y' then 1 end from t"},
        ),
        (
            "case branches",
            "select case when a = 'x' then 1 when b = 'y' then 1 end from t",
            {"select case when b = 'y' then 1 when a = 'x' then 1 end from t"},
        ),
        ("comparison edge", "select a < b from t", {"select a <= b from t"}),
        ("comparison edge", "select a >= b from t", {"select a > b from t"}),
        ("equality", "select a = 1 from t", {"select a <> 1 from t"}),
        ("equality", "select a from t inner join u on t.a = u.a", set()),
        ("least and greatest", "select least(a, b) from t", {"select greatest(a, b) from t"}),
        (
            "join kind",
            "select a from t left join u on t.a = u.a",
            {"select a from t inner join u on t.a = u.a"},
        ),
        (
            "join kind",
            "select a from t inner join u on t.a = u.a",
            {"select a from t left join u on t.a = u.a"},
        ),
        (
            "dropped filter",
            "select a from t where a and b and c",
            {
                "select a from t where b and c",
                "select a from t where a and c",
                "select a from t where a and b",
            },
        ),
        ("dropped filter", "select a from t where a", {"select a from t"}),
        ("and, or, not", "select not a from t", {"select a from t"}),
        (
            "and, or, not",
            "select a from t where a or b or c",
            {
                "select a from t where (a and b) or c",
                "select a from t where ((a or b) and c)",
            },
        ),
        (
            "window",
            "select lag(a) over (partition by b order by c) from t",
            {
                "select lead(a) over (partition by b order by c) from t",
                "select lag(a) over (order by c) from t",
                "select lag(a) over (partition by b order by c desc) from t",
            },
        ),
        (
            "window",
            "select sum(a) over (order by b rows between unbounded preceding and current row)",
            {
                "select sum(a) over (order by b desc"
                " rows between unbounded preceding and current row)",
                "select sum(a) over (order by b rows between 1 preceding and current row)",
                "select sum(a) over (order by b rows between unbounded preceding and 1 preceding)",
            },
        ),
        ("sign", "select a + b from t", {"select a - b from t"}),
        ("off by one", "select a + 12 from t", {"select a + 13 from t", "select a + 11 from t"}),
        ("off by one", "select cast(a as decimal(18, 2)) from t", set()),
        (
            "off by one",
            "select a from t where month_index <= other",
            {"select a from t where month_index + 1 <= other"},
        ),
        ("coalesce", "select coalesce(a, b) from t", {"select a from t"}),
        ("aggregate", "select sum(a) from t", {"select max(a) from t"}),
        ("aggregate", "select count(distinct a) from t", {"select count(a) from t"}),
        ("rounding", "select round(a, 2) from t", {"select (a) from t"}),
        (
            "union and distinct",
            "select a from t union all select a from u",
            {"select a from t union select a from u"},
        ),
    ],
)
def test_an_operator_makes_the_mistake_it_says(operator: str, sql: str, expected: set[str]) -> None:
    assert changes(sql, operator) == {render(parse(each)) for each in expected}


def test_every_operator_has_an_example_above() -> None:
    marks = test_an_operator_makes_the_mistake_it_says.pytestmark
    assert {case[0] for case in marks[0].args[1]} == set(OPERATORS)


def test_a_mistake_is_made_at_the_same_place_in_the_sql_of_a_unit_test() -> None:
    (edge,) = [each for each in mutants_of("arr", MODEL, MODEL) if "> becomes" in each.sentence]
    assert (edge.name, edge.line) == ("lines: > becomes >=: amount > 0", 5)
    assert "amount >= 0" in (mutate(TESTED.format(0), edge) or "")
    assert mutate(TESTED.format(0).replace("amount > 0", "amount > 1"), edge) is not None
    assert mutate(TESTED.format(0).replace("amount > 0", "true"), edge) is None


def test_a_unit_test_may_say_what_stands_in_for_a_null() -> None:
    model = MODEL.replace("sum(amount) as arr", "coalesce(sum(amount), error('no line')) as arr")
    tested = model.replace("error('no line')", "-1")
    (dropped,) = [each for each in mutants_of("arr", model, model) if each.operator == "coalesce"]
    assert mutate(tested, dropped) == render(parse(MODEL))
    assert mutate(tested.replace("sum(amount)", "max(amount)"), dropped) is None


def relation(name: str, kind: str, sql: str, parents: list[str]) -> Relation:
    return Relation(name, name.split(".")[1], kind, f"models/{kind}/arr/m.sql", sql, sql, parents)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One model over three lines; a unit test without the edge, a data test without the sum."""
    database = tmp_path / "mutated.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema staging; create schema marts")
        connection.execute(
            "create table staging.lines as select * from (values ('a', 1), ('a', 2), ('b', 0))"
            " as t (customer, amount)"
        )
        connection.execute(f"create table marts.arr as {MODEL}")
    return Project(
        relations=[
            relation("staging.lines", "seed", json.dumps({"customer": "text"}), []),
            relation("marts.arr", "model", MODEL, ["staging.lines"]),
        ],
        data_tests=[
            DataTest(
                "arr_is_above_zero",
                "select * from mutated.marts.arr where arr <= 0",
                "count(*)",
                ["marts.arr"],
            )
        ],
        unit_tests=[
            UnitTest("a_line_counts", "arr", TESTED.format(5), ["customer", "arr"]),
        ],
        database=str(database),
    )


@pytest.mark.parametrize(
    ("sentence", "stage"),
    [
        ("where dropped: amount > 0", "data test"),
        ("> becomes >=: amount > 0", "data test"),
        ("0 becomes -1: amount > 0", "data test"),
        ("0 becomes 1: amount > 0", None),
        ("sum becomes max: sum(amount)", None),
    ],
)
def test_a_toy_company_notices_what_its_tests_can_see(
    project: Project, sentence: str, stage: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SampleCompany, "_wrong_answer", lambda company: None)
    company = SampleCompany(project)
    model = project.relations[1]
    mutant = named(model, sentence)
    assert company.failing_before() == []
    assert company.is_sound(model, mutant)
    verdict = company.judge(model, mutant)
    assert (verdict.stage, verdict.is_changed) == (stage, True)
    assert company.failing_before() == [], "the mutant is gone"


def test_a_wrong_unit_test_row_is_noticed_before_anything_is_built(project: Project) -> None:
    company = SampleCompany(project)
    model = project.relations[1]
    twice = TESTED.replace(
        "select 'a' as customer, {} as amount",
        "select 'a' as customer, 5 as amount union all select 'a', 6",
    )
    company._unit_tests.clear()
    project.unit_tests[:] = [UnitTest("two_lines_add_up", "arr", twice, ["customer", "arr"])]
    verdict = company.judge(model, named(model, "sum becomes max: sum(amount)"))
    assert (verdict.stage, verdict.by) == ("unit test", "two_lines_add_up")


def named(model: Relation, sentence: str) -> Mutant:
    found = mutants_of(model.model, model.sql, model.raw)
    (mutant,) = [each for each in found if each.sentence == sentence]
    return mutant


def test_the_same_seed_gives_the_same_sample_and_every_operator_its_turn(project: Project) -> None:
    first = [mutant for _, mutant in sample(project, seed=1)]
    assert first == [mutant for _, mutant in sample(project, seed=1)]
    few = [mutant.operator for _, mutant in sample(project, seed=1, per_model=4)]
    assert len(set(few)) == 4


STAGED = """with source as (

    select
        *,
        row_number() over (
            partition by id order by loaded_at desc nulls last, id nulls last, name nulls last
        ) as newest_first
    from landed

)

select * from source
"""


@pytest.mark.parametrize(
    ("file", "ties"),
    [
        ("stg_stripe__coupons", set()),
        ("stg_custom_billing__subscription_lines", {"id", "name"}),
    ],
)
def test_the_order_a_macro_gives_to_contradicting_rows_is_mistaken_in_one_model(
    file: str, ties: set[str], project: Project
) -> None:
    staged = Relation(
        f"staging.{file}", file, "model", f"models/staging/x/{file}.sql", STAGED, STAGED, []
    )
    project.relations[:] = [staged]
    sampled = [each.sentence for _, each in sample(project, seed=1, per_model=100)]
    orders = {each.split(": ")[1].split(" of ")[0] for each in sampled if "order " in each[:6]}
    assert orders == {"loaded_at DESC"} | ties


def test_an_entry_of_the_list_of_equivalents_can_grow_stale(
    project: Project, tmp_path: Path
) -> None:
    listed = tmp_path / "equivalent.yml"
    listed.write_text(
        "arr:\n"
        "  'lines: where dropped: amount > 0': nothing is free\n"
        "  'lines: > becomes >=: amount > 0': nothing is free\n"
        "  'lines: gone': it was there once\n"
        "left: {'final: gone': the model was there once}\n"
    )
    model = project.relations[1]
    results = [
        Result(model.file, named(model, "where dropped: amount > 0"), Verdict("data test", "t")),
        Result(model.file, named(model, "> becomes >=: amount > 0"), Verdict(None)),
        Result(model.file, named(model, "sum becomes max: sum(amount)"), Verdict(None)),
    ]
    equivalents = read_equivalents(listed)
    assert equivalents.stale(project, results) == [
        "arr is told apart by a test: lines: where dropped: amount > 0",
        "arr has no longer: lines: gone",
        "left has no longer: final: gone",
    ]
    total = score(results, equivalents)
    assert (total.mutants, total.equivalent, total.by_dbt, total.percent(total.by_dbt)) == (
        3,
        1,
        1,
        50.0,
    )
    assert "### Not noticed: 1\n\n- `models/model/arr/m.sql:13` aggregate" in markdown(
        results, equivalents
    )


def test_the_list_of_equivalents_gives_reasons() -> None:
    assert all(len(reason) > 20 for reason in read_equivalents().reasons.values())
