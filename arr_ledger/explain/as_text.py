"""The answer as a person reads it: a sentence, then customers, then their lines."""

from fractions import Fraction

from arr_ledger.explain.answer import Answer, Mover
from arr_ledger.explain.effects import ZERO, Effect
from arr_ledger.explain.lines import Line, Part
from arr_ledger.explain.numbers import (
    PLACES_OF_PERCENT,
    PLACES_OF_POINTS,
    PLACES_ON_TILES,
    percent,
    points,
    rounded,
    shown,
    to_the_cent,
    whole,
)
from arr_ledger.explain.question import Question
from arr_ledger.problems import counted

LOSSES = ("churn", "contraction")


def as_text(answer: Answer) -> str:
    """The first line is the answer, to the cent."""
    lines = [sentence(answer)]
    if not answer.change.effects:
        return lines[0]
    lines += ["", _heading(answer.question)]
    for mover in answer.movers:
        lines += _mover(answer.question, mover)
    if answer.others:
        lines.append(_row(answer.question, f"{len(answer.others)} others", _sum(answer.others)))
    return "\n".join(lines + _total(answer))


def sentence(answer: Answer, symbol: str | None = None) -> str:
    """The answer alone; with the sign of the currency in whole units, as in a table."""
    question, change = answer.question, answer.change

    def amount(number: Fraction, sign: bool = False) -> str:
        return to_the_cent(number, sign) if symbol is None else whole(number, symbol, sign)

    def rate(share: Fraction) -> str:
        return percent(share) if symbol is None else percent(share, PLACES_ON_TILES)

    def in_points(share: Fraction) -> str:
        places = PLACES_OF_POINTS if symbol is None else PLACES_OF_PERCENT
        return shown(share * 100, places, sign=True)

    def size(effect: Effect) -> str:
        return in_points(effect.share) if question.is_rate else amount(effect.money, sign=True)

    before, now = f"{question.month_before:%B %Y}", f"{question.month:%B %Y}"
    if change.now is None:
        return f"{question.name} has no base in {now}, so there is no rate to explain."
    if change.before is None:
        return (
            f"{question.name} is {rate(change.now)} in {now}; {before} has no base,"
            " so there is no change to explain."
        )
    value = rate if question.is_rate else amount
    if not change.effects:
        unmoved = f"{question.name} is {value(change.now)} in {now}, as in {before}"
        return f"{unmoved}: no customer moved it."
    verb = _verb(question, change.difference)
    by = (
        f"{in_points(change.difference)} percentage points"
        if question.is_rate
        else amount(change.difference, sign=True)
    )
    count = len(change.effects)
    leader = change.leader
    name = answer.names.get(leader.customer_id) or leader.customer_id
    return (
        f"{question.name} {verb} from {value(change.before)} in {before} to {value(change.now)} in"
        f" {now}: {by} by {counted(count, 'customer')}, most of all"
        f" {name} with {size(leader)}."
    )


def _verb(question: Question, difference: Fraction) -> str:
    """Losses are negative: churn of -200 after -100 has grown."""
    if not difference:
        return "stayed"
    if question.metric in LOSSES:
        return "grew" if difference < 0 else "shrank"
    return "rose" if difference > 0 else "fell"


def _heading(question: Question) -> str:
    unit = "logos" if question.metric == "logo_retention" else "ARR"
    columns = f"{'points':>14}" if question.is_rate else ""
    return f"{'customer':<52}{columns}{unit:>18}"


def _row(question: Question, label: str, effect: tuple[Fraction, Fraction]) -> str:
    amount, share = effect
    columns = f"{points(share):>14}" if question.is_rate else ""
    return f"{label:<52}{columns}{to_the_cent(amount, sign=True):>18}"


def _sum(effects: list[Effect]) -> tuple[Fraction, Fraction]:
    amount = sum((effect.money for effect in effects), ZERO)
    return amount, sum((effect.share or ZERO for effect in effects), ZERO)


def _mover(question: Question, mover: Mover) -> list[str]:
    effect = mover.effect
    named = mover.name != effect.customer_id
    label = f"{mover.name} ({effect.customer_id})" if named else mover.name
    lines = [_row(question, label, (effect.money, effect.share or ZERO))]
    if question.is_rate and question.metric != "logo_retention":
        lines.append(
            f"    base {to_the_cent(effect.before.base)} -> {to_the_cent(effect.now.base)},"
            f" retained {to_the_cent(effect.before.left)} -> {to_the_cent(effect.now.left)}"
        )
    for part in mover.parts:
        lines += _part(part)
    return lines


def _part(part: Part) -> list[str]:
    lines = [f"    {part.heading}: {to_the_cent(part.amount, sign=True)}"]
    lines += [f"      {_line(line)}" for line in part.lines]
    if part.rest:
        lines.append(f"      {to_the_cent(part.rest, sign=True):>16}  {part.rest_reason}")
    return lines


def _line(line: Line) -> str:
    until = f"{line.end_date}" if line.end_date else "open"
    posting = "" if line.posting_type == "contract" else f" {line.posting_type}"
    why = f" [{line.drivers}]" if line.drivers else ""
    row = f"{line.source_system}.{line.source_table} {line.source_row_id}"
    load = f", load {line.load_id}" if line.load_id else ""
    return (
        f"{to_the_cent(line.arr_change, sign=True):>16}{posting}  {line.product_name}{why}:"
        f" line {line.line_id}, subscription {line.subscription_id},"
        f" {line.start_date} to {until}; {row}{load}"
    )


def _total(answer: Answer) -> list[str]:
    """The exact total; what rounding of the rows above leaves is said, not hidden."""
    question, effects = answer.question, answer.change.effects
    total = _sum(effects)
    lines = [_row(question, "Total, the change since the month before", total)]
    rows = [(mover.effect.money, mover.effect.share or ZERO) for mover in answer.movers]
    if answer.others:
        rows.append(_sum(answer.others))
    money_off = rounded(total[0], 2) - sum((rounded(row[0], 2) for row in rows), ZERO)
    points_off = rounded(total[1] * 100, PLACES_OF_POINTS) - sum(
        (rounded(row[1] * 100, PLACES_OF_POINTS) for row in rows), ZERO
    )
    if money_off or points_off:
        lines.append(
            "The rows are exact and rounded where shown; rounded they miss the total by"
            f" {shown(points_off, PLACES_OF_POINTS, True)} points and"
            f" {to_the_cent(money_off, True)}."
            if question.is_rate
            else f"Rounded rows miss the total by {to_the_cent(money_off, True)}."
        )
    return lines
