"""The answer to a question: the number then and now, and who moved it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from arr_ledger.explain.effects import Change, Effect, money_change, rate_change
from arr_ledger.explain.lines import Part, lines_of, parts_of
from arr_ledger.explain.question import Question, QuestionError, asked
from arr_ledger.marts_file import marts_of


@dataclass(frozen=True)
class Mover:
    """A customer, what it did, and the lines with which it did it."""

    name: str
    effect: Effect
    parts: list[Part]


@dataclass(frozen=True)
class Answer:
    """Movers in order of size; those beyond top come as effects without their lines."""

    question: Question
    change: Change
    movers: list[Mover]
    others: list[Effect]
    names: dict[str, str | None]  # of those that are named, by customer


def answer(
    database: Path,
    month: str,
    metric: str,
    window: int = 12,
    segment_type: str = "segment",
    segment: str | None = None,
    top: int | None = None,
) -> Answer:
    """Reads the marts of a database, or raises QuestionError with one line."""
    with marts_of(database, QuestionError) as connection:
        question = asked(connection, month, metric, window, segment_type, segment)
        return _answer(connection, question, top)


def _answer(connection: duckdb.DuckDBPyConnection, question: Question, top: int | None) -> Answer:
    change = (rate_change if question.is_rate else money_change)(connection, question)
    shown = change.effects if top is None else change.effects[:top]
    customer_ids = [effect.customer_id for effect in shown]
    leaders = [change.leader.customer_id] if change.effects else []
    names = dict(
        connection.execute(
            "select customer_id, customer_name from marts.dim_customers where customer_id in ?",
            [customer_ids + leaders],
        ).fetchall()
        if leaders
        else []
    )
    lines = lines_of(connection, question, customer_ids) if customer_ids else {}
    movers = [
        Mover(
            names.get(effect.customer_id) or effect.customer_id,
            effect,
            parts_of(question, effect, lines[effect.customer_id]),
        )
        for effect in shown
    ]
    return Answer(question, change, movers, change.effects[len(shown) :], names)
