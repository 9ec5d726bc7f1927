"""What each customer did to the change of a number since the month before, exactly."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import duckdb

from arr_ledger.explain.question import RATES, Question

ZERO = Fraction(0)
# exact as they are read; sums of money have far fewer digits than a Decimal keeps
Number = Decimal | int
NOT_THERE = (0, 0)


@dataclass(frozen=True)
class Standing:
    """A customer in one month: in the base with so much, of which so much is left."""

    base: Fraction = ZERO
    left: Fraction = ZERO


@dataclass(frozen=True)
class Effect:
    """What a customer did: in money (logos count 1) and, for a rate, in shares of the base now."""

    customer_id: str
    money: Fraction
    share: Fraction | None
    before: Standing
    now: Standing


@dataclass(frozen=True)
class Change:
    """A number then and now, and the customers whose effects sum to the difference."""

    before: Fraction | None
    now: Fraction | None
    base: Fraction | None
    effects: list[Effect]

    @property
    def difference(self) -> Fraction | None:
        return None if self.before is None or self.now is None else self.now - self.before

    @property
    def leader(self) -> Effect:
        """The largest that went along: a number fell by one who made it fall."""
        along = (each for each in self.effects if each.money * self.difference > 0)
        return next(along, self.effects[0])


def rate_change(connection: duckdb.DuckDBPyConnection, question: Question) -> Change:
    """A customer moves a rate by what it has left beyond the old rate of its base, now less then.

    [(left now - old rate x base now) - (left then - old rate x base then)] / base of all now:
    over all customers this is the new rate less the old one.
    """
    before = _standings(connection, question, question.month_before)
    now = _standings(connection, question, question.month)
    _, rate_before = _base_and_rate(before)
    base_now, rate_now = _base_and_rate(now)
    if rate_before is None or rate_now is None:
        return Change(rate_before, rate_now, base_now, [])
    effects = []
    for customer_id in before.keys() | now.keys():
        pair = before.get(customer_id, NOT_THERE), now.get(customer_id, NOT_THERE)
        # most stand as they stood: they move nothing and cost no fraction
        if pair[0] == pair[1]:
            continue
        then, today = (Standing(Fraction(base), Fraction(left)) for base, left in pair)
        money = (today.left - rate_before * today.base) - (then.left - rate_before * then.base)
        if money:
            effects.append(Effect(customer_id, money, money / base_now, then, today))
    return Change(rate_before, rate_now, base_now, _by_size(effects))


def money_change(connection: duckdb.DuckDBPyConnection, question: Question) -> Change:
    """A column of the bridge: what each customer has in it now less what it had the month before.

    Ending ARR changes by everything that moved in the month.
    """
    column = question.metric if question.metric == "ending_arr" else f"{question.metric}_arr"
    of_cell = [question.segment_type, question.segment]
    rows = connection.execute(
        f"""
        select date_month, {column} from marts.rpt_arr_bridge_monthly
        where segment_type = ? and segment_value = ? and date_month in (?, ?)
        """,
        [*of_cell, question.month, question.month_before],
    ).fetchall()
    numbers = {month: Fraction(number) for month, number in rows}
    now = numbers.get(question.month, ZERO)
    before = numbers.get(question.month_before, ZERO)
    is_balance = question.metric == "ending_arr"
    moved = connection.execute(
        """
        select
            customer_id,
            sum(case when date_month = $month then arr_change else 0 end),
            sum(case when date_month = $month then 0 else arr_change end)
        from marts.fct_arr_bridge_movements
        where
            segment_type = $segment_type and segment_value = $segment
            and (date_month = $month or (not $is_balance and date_month = $month_before))
            and ($is_balance or movement_type = $metric)
        group by customer_id
        """,
        {
            "month": question.month,
            "month_before": question.month_before,
            "segment_type": question.segment_type,
            "segment": question.segment,
            "is_balance": is_balance,
            "metric": question.metric,
        },
    ).fetchall()
    effects = [
        Effect(
            customer_id,
            Fraction(today) - Fraction(then),
            None,
            Standing(left=Fraction(then)),
            Standing(left=Fraction(today)),
        )
        for customer_id, today, then in moved
        if today != then
    ]
    return Change(before, now, None, _by_size(effects))


def _standings(
    connection: duckdb.DuckDBPyConnection, question: Question, month: object
) -> dict[str, tuple[Number, Number]]:
    """Base and what is left of it, of the customers of a month; of logos every one weighs 1."""
    base = "1" if question.metric == "logo_retention" else "base_arr"
    segment = "true" if question.segment_type == "all" else f'"{question.segment_type}" = ?'
    parameters = [] if question.segment_type == "all" else [question.segment]
    rows = connection.execute(
        f"""
        select customer_id, {base}, {RATES[question.metric]}
        from marts.fct_customer_retention_monthly
        where date_month = ? and window_months = ? and {segment}
        """,
        [month, question.window, *parameters],
    ).fetchall()
    return {customer_id: (base, left) for customer_id, base, left in rows}


def _base_and_rate(
    standings: dict[str, tuple[Number, Number]],
) -> tuple[Fraction, Fraction | None]:
    base, left = (Fraction(sum(each[side] for each in standings.values())) for side in (0, 1))
    return base, left / base if standings else None


def _by_size(effects: list[Effect]) -> list[Effect]:
    return sorted(effects, key=lambda effect: (-abs(effect.money), effect.customer_id))
