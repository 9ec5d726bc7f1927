"""What explain says of the sample company sums exactly to what the marts publish."""

import json
import re
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from arr_ledger.explain import METRICS, Answer, QuestionError, answer, as_json, as_text, sentence
from arr_ledger.explain.effects import Change, Effect, Standing
from arr_ledger.explain.numbers import whole
from arr_ledger.explain.question import MOVEMENTS, RATES, Question

MONTHS = ["2021-07", "2025-03", "2025-06", "2026-06"]
SEGMENTS = [(None, "segment"), ("enterprise", "segment")]
LEFT = {
    "ndr": ("net_retained_arr", "base_arr"),
    "grr": ("gross_retained_arr", "base_arr"),
    "logo_retention": ("retained_customers", "base_customers"),
}


def cell(database: Path, given: Answer, month: object) -> Fraction | None:
    """The published number, a rate as the exact quotient of its parts."""
    question = given.question
    where = "date_month = ? and segment_type = ? and segment_value = ?"
    of = [month, question.segment_type, question.segment]
    if question.is_rate:
        left, base = LEFT[question.metric]
        where += " and window_months = ?"
        of.append(question.window)
        sql = f"select {left}, {base} from marts.rpt_ndr_grr_monthly where {where}"
    else:
        column = question.metric if question.metric == "ending_arr" else f"{question.metric}_arr"
        sql = f"select {column}, 1 from marts.rpt_arr_bridge_monthly where {where}"
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(sql, of).fetchone()
    if found is None:
        return None if question.is_rate else Fraction(0)
    return Fraction(found[0]) / Fraction(found[1]) if found[1] else None


@pytest.mark.parametrize("metric", METRICS)
def test_customers_sum_exactly_to_the_published_change(sample_database: Path, metric: str) -> None:
    explained = 0
    for month in MONTHS:
        for segment, segment_type in SEGMENTS:
            given = answer(sample_database, month, metric, 12, segment_type, segment, 1)
            question, change = given.question, given.change
            assert change.now == cell(sample_database, given, question.month)
            assert change.before == cell(sample_database, given, question.month_before)
            if change.difference is None:
                assert not change.effects
                continue
            effects = [
                effect.share if question.is_rate else effect.money for effect in change.effects
            ]
            assert sum(effects, Fraction(0)) == change.difference
            assert [abs(effect.money) for effect in change.effects] == sorted(
                (abs(effect.money) for effect in change.effects), reverse=True
            )
            explained += bool(change.effects)
    assert explained or metric in ("fx", "opening_balance", "transfer")


@pytest.mark.parametrize("window", [1, 3, 24])
def test_every_window_is_explained(sample_database: Path, window: int) -> None:
    given = answer(sample_database, "2025-06", "ndr", window, top=1)
    assert sum(effect.share for effect in given.change.effects) == given.change.difference
    assert given.change.now == cell(sample_database, given, given.question.month)


@pytest.mark.parametrize("metric", [*RATES, "ending_arr", *MOVEMENTS])
def test_lines_and_a_named_rest_sum_to_their_customer(sample_database: Path, metric: str) -> None:
    given = answer(sample_database, "2025-06", metric, segment="SMB")
    for mover in given.movers:
        for part in mover.parts:
            posted = sum((line.arr_change for line in part.lines), Fraction(0))
            assert posted + part.rest == part.amount
            assert part.rest_reason or not part.rest
        if metric in ("ndr", "grr"):
            amounts = {part.heading.split(",")[0]: part.amount for part in mover.parts}
            effect = mover.effect
            assert amounts.get("retained", 0) == effect.now.left - effect.before.left
            assert amounts.get("base", 0) == effect.now.base - effect.before.base


def test_most_of_a_change_is_postings_and_every_posting_names_its_source_row(
    sample_database: Path,
) -> None:
    given = answer(sample_database, "2025-06", "expansion")
    lines = [line for mover in given.movers for part in mover.parts for line in part.lines]
    assert len(lines) > 20
    assert all(line.source_table and line.source_row_id and line.load_id for line in lines)
    assert not any(part.rest for mover in given.movers for part in mover.parts)


def test_the_first_line_is_the_answer_and_the_total_says_what_rounding_leaves(
    sample_database: Path,
) -> None:
    given = answer(sample_database, "2025-06", "ndr", segment="enterprise", top=2)
    first, *rest = as_text(given).splitlines()
    assert first.startswith("NDR over 12 months of segment Enterprise ")
    assert " in May 2025 to " in first
    assert first.endswith(".")
    assert f"{len(given.others)} others" in "\n".join(rest)
    assert any(line.startswith("Total, the change since the month before") for line in rest)


def test_a_board_says_the_answer_in_whole_units_with_the_sign_of_the_currency(
    sample_database: Path,
) -> None:
    arr = sentence(answer(sample_database, "2025-06", "ending_arr"), "$")
    assert re.fullmatch(
        r"Ending ARR rose from \$[\d,]+ in May 2025 to \$[\d,]+ in June 2025: \+\$[\d,]+ by \d+"
        r" customers, most of all .+ with \+\$[\d,]+\.",
        arr,
    )
    rate = sentence(answer(sample_database, "2025-06", "ndr"), "$")
    # rates as on the tiles, changes with a decimal more
    assert re.match(r"NDR over 12 months rose from \d+\.\d % in May 2025 to \d+\.\d % in ", rate)
    assert re.search(r": [+-]\d+\.\d\d percentage points by .+ with [+-]\d+\.\d\d\.$", rate)
    assert whole(Fraction(-12345, 10), "$") == "-$1,235"


def test_nothing_moved_and_no_base_are_sentences(sample_database: Path) -> None:
    quiet = as_text(answer(sample_database, "2025-06", "fx"))
    assert quiet == "Exchange rate ARR is 0.00 in June 2025, as in May 2025: no customer moved it."
    empty = as_text(answer(sample_database, "2021-08", "ndr"))
    assert "no base" in empty
    assert "\n" not in empty


def test_json_keeps_exact_fractions(sample_database: Path) -> None:
    content = json.loads(as_json(answer(sample_database, "2025-06", "grr")))
    effects = sum(Fraction(customer["effect"]) for customer in content["customers"])
    assert effects == Fraction(content["change"])
    assert Fraction(content["now"]) - Fraction(content["before"]) == effects
    assert content["customers"][0]["parts"][0]["lines"][0]["source_row_id"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"month": "2025-13"}, "--month '2025-13' is no month; write it as YYYY-MM."),
        ({"month": "june"}, "--month 'june' is no month; write it as YYYY-MM."),
        (
            {"month": "2031-01"},
            "--month 2031-01 is not published; published are 2021-07 to 2026-06.",
        ),
        ({"metric": "ndrr"}, "--metric 'ndrr' is not known; did you mean ndr? known are ndr, grr,"),
        ({"window": 7}, "--window 7 is not published; known are 1, 3, 12, 24"),
        ({"segment": "huge"}, "--segment 'huge' is no segment; known are Enterprise, Mid-Market,"),
        ({"segment": "x", "segment_type": "team"}, "--segment-type 'team' is not known; known are"),
    ],
)
def test_a_question_without_an_answer_says_what_can_be_asked(
    sample_database: Path, asked: dict, said: str
) -> None:
    with pytest.raises(QuestionError) as refused:
        answer(sample_database, **{"month": "2025-06", "metric": "ndr", **asked})
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_the_command_prints_the_answer_or_one_line_of_error(
    sample_database: Path, tmp_path: Path
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "arr_ledger.cli", "explain", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    asked = ["--month", "2025-06", "--metric", "ndr", "--database"]
    good = run(*asked, str(sample_database), "--segment", "enterprise")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("NDR over 12 months of segment Enterprise ")
    bad = run(*asked, str(tmp_path / "none.duckdb"))
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.count("\n") == 1
    assert "there is no such database; build it first" in bad.stderr
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    empty = run(*asked, str(tmp_path / "empty.duckdb"))
    assert empty.stderr.count("\n") == 1
    assert "lacks marts that this needs" in empty.stderr


def first_line(metric: str, before: int, now: int, **moved: int) -> str:
    """What is said of a number moved by these customers, the largest first."""
    effects = [
        Effect(name, Fraction(money), Fraction(money, 100), Standing(), Standing())
        for name, money in moved.items()
    ]
    change = Change(Fraction(before), Fraction(now), Fraction(100), effects)
    return sentence(Answer(Question(date(2025, 6, 1), metric), change, [], effects, {"B": "Beta"}))


def test_a_number_fell_most_of_all_by_one_who_made_it_fall() -> None:
    """One that rose by more went against it."""
    said = first_line("ending_arr", 100, 90, A=20, B=-18, C=-12)
    assert said.endswith("-10.00 by 3 customers, most of all Beta with -18.00.")
    assert first_line("ending_arr", 100, 90, A=20).endswith("most of all A with +20.00.")


@pytest.mark.parametrize(
    ("metric", "before", "now", "verb"),
    [
        ("churn", -100, -250, "grew"),
        ("contraction", -250, -100, "shrank"),
        ("expansion", 100, 250, "rose"),
        ("ending_arr", 250, 100, "fell"),
    ],
)
def test_a_loss_that_is_more_negative_has_grown(
    metric: str, before: int, now: int, verb: str
) -> None:
    assert f" ARR {verb} from " in first_line(metric, before, now, A=now - before)
