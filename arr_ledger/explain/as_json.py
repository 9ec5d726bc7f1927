"""The answer for a program: money as text, shares as exact fractions and as numbers."""

import json
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any

from arr_ledger.explain.answer import Answer, Mover
from arr_ledger.explain.effects import Effect
from arr_ledger.explain.lines import Part


def as_json(answer: Answer) -> str:
    """Fractions are texts such as 1/3: nothing is rounded away."""
    question, change = answer.question, answer.change
    content = {
        "metric": question.metric,
        "month": question.month,
        "month_before": question.month_before,
        "window_months": question.window if question.is_rate else None,
        "segment_type": question.segment_type,
        "segment_value": question.segment,
        "before": change.before,
        "now": change.now,
        "change": change.difference,
        "customers": [_mover(mover) for mover in answer.movers],
        "others": [_effect(effect) for effect in answer.others],
    }
    return json.dumps(content, default=_plain, indent=2)


def _mover(mover: Mover) -> dict[str, Any]:
    return {
        "customer_name": mover.name,
        **_effect(mover.effect),
        "parts": [_part(part) for part in mover.parts],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "customer_id": effect.customer_id,
        "effect": effect.money if effect.share is None else effect.share,
        "effect_money": effect.money,
        "base_before": effect.before.base,
        "base_now": effect.now.base,
        "before": effect.before.left,
        "now": effect.now.left,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "heading": part.heading,
        "amount": part.amount,
        "lines": [asdict(line) for line in part.lines],
        "rest": part.rest,
        "rest_reason": part.rest_reason if part.rest else None,
    }


def _plain(value: object) -> str:
    if isinstance(value, Fraction | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
