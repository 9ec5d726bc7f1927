"""Why a published number is not what it was the month before: customers, contracts, source rows."""

from arr_ledger.explain.answer import Answer, answer
from arr_ledger.explain.as_json import as_json
from arr_ledger.explain.as_text import as_text, sentence
from arr_ledger.explain.question import METRICS, Question, QuestionError, parse_month

__all__ = [
    "METRICS",
    "Answer",
    "Question",
    "QuestionError",
    "answer",
    "as_json",
    "as_text",
    "parse_month",
    "sentence",
]
