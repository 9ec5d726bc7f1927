"""What is asked: one metric of one segment in one month, refused where there is no such cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from arr_ledger import metric_names
from arr_ledger.metric_names import METRICS, MOVEMENTS, MetricError
from arr_ledger.problems import RefusedError, counted

__all__ = [
    "METRICS",
    "MOVEMENTS",
    "RATES",
    "Question",
    "QuestionError",
    "asked",
    "parse_metric",
    "parse_month",
]

RATES = {
    "ndr": "net_retained_arr",
    "grr": "gross_retained_arr",
    "logo_retention": "case when is_retained then 1 else 0 end",
}
NAMES = {
    "ndr": "NDR",
    "grr": "GRR",
    "logo_retention": "Logo retention",
    "ending_arr": "Ending ARR",
    "opening_balance": "Opening balance",
    "fx": "Exchange rate ARR",
    "transfer": "Transferred ARR",
}


class QuestionError(RefusedError):
    """The question cannot be answered from this database; one line says what to ask instead."""


@dataclass(frozen=True)
class Question:
    """One cell of a report; every segment where segment_type is all."""

    month: date
    metric: str
    window: int = 12
    segment_type: str = "all"
    segment: str = "all"

    @property
    def is_rate(self) -> bool:
        return self.metric in RATES

    @property
    def month_before(self) -> date:
        return months_earlier(self.month, 1)

    @property
    def name(self) -> str:
        """The metric as a sentence begins with it."""
        name = NAMES.get(self.metric, f"{self.metric.capitalize()} ARR")
        if self.is_rate:
            name += f" over {counted(self.window, 'month')}"
        return (
            name if self.segment_type == "all" else f"{name} of {self.segment_type} {self.segment}"
        )


def months_earlier(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def parse_month(text: str) -> date:
    """YYYY-MM as the first day of that month."""
    try:
        year, month = text.split("-")
        if (len(year), len(month)) != (4, 2):
            raise ValueError
        return date(int(year), int(month), 1)
    except ValueError:
        raise QuestionError(f"--month {text!r} is no month; write it as YYYY-MM.") from None


def parse_metric(text: str) -> str:
    """The metric by any of its names."""
    try:
        return metric_names.parse_metric(text)
    except MetricError as error:
        raise QuestionError(str(error)) from None


def asked(
    connection: duckdb.DuckDBPyConnection,
    month: str,
    metric: str,
    window: int,
    segment_type: str,
    segment: str | None,
) -> Question:
    """The question behind the words of the command line, checked against what is published."""
    question_month, question_metric = parse_month(month), parse_metric(metric)
    months = connection.execute(
        "select min(date_month), max(date_month) from marts.rpt_arr_bridge_monthly"
    ).fetchone()
    if months[0] is None or not months[0] <= question_month <= months[1]:
        published = f"published are {months[0]:%Y-%m} to {months[1]:%Y-%m}" if months[0] else "none"
        raise QuestionError(f"--month {month} is not published; {published}.")
    if question_metric in RATES:
        _check_window(connection, window)
    if segment is None:
        return Question(question_month, question_metric, window)
    value = _segment_value(connection, segment_type, segment)
    return Question(question_month, question_metric, window, segment_type, value)


def _check_window(connection: duckdb.DuckDBPyConnection, window: int) -> None:
    windows = [
        months
        for (months,) in connection.execute(
            "select distinct window_months from marts.rpt_ndr_grr_monthly order by 1"
        ).fetchall()
    ]
    if window not in windows:
        known = ", ".join(map(str, windows))
        raise QuestionError(
            f"--window {window} is not published; known are {known}"
            " (add it to retention_windows in vars.yml and build)."
        )


def _segment_value(connection: duckdb.DuckDBPyConnection, segment_type: str, segment: str) -> str:
    """The segment as it is written in the marts, found in any case."""
    found = connection.execute(
        "select distinct segment_type, segment_value from marts.rpt_arr_bridge_monthly order by all"
    ).fetchall()
    types = sorted({kind for kind, _ in found})
    if segment_type not in types:
        raise QuestionError(
            f"--segment-type {segment_type!r} is not known; known are {', '.join(types)}."
        )
    values = [value for kind, value in found if kind == segment_type]
    for value in values:
        if segment in (value, value.lower()) or segment.lower() == value.lower():
            return value
    raise QuestionError(
        f"--segment {segment!r} is no {segment_type}; known are {', '.join(values)}."
    )
