"""The harness itself: what it refuses, and that books run together give what they give alone."""

from pathlib import Path

import pytest
from ledger_harness import BookError, CompileError, Ledger, merge_books, read_book

BOOKS = Path(__file__).resolve().parents[1] / "golden" / "books"
MARTS = ["rpt_arr_bridge_monthly", "rpt_ndr_grr_monthly", "rpt_cohort_retention_monthly"]
LINE = {
    "line_id": "1",
    "customer_id": "A",
    "product_id": "P",
    "start_date": "2024-01-01",
    "end_date": None,
    "term_amount": 1200,
    "term_months": 12,
    "currency": "USD",
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(only=MARTS)


def test_books_run_together_give_what_they_give_alone(ledger: Ledger) -> None:
    names = ["039_bridge_nrr_is_not_cohort_nrr", "101_merge_chain", "108_return_and_dip"]
    books = {name: read_book(BOOKS / name) for name in names}
    alone = {name: rows_of(ledger, book, "all", "all") for name, book in books.items()}
    together = ledger.run(merge_books(books))
    for name in names:
        assert alone[name], name
        for mart in MARTS:
            rows = together.rows(mart, segment_type="industry", segment_value=name)
            found = {tuple(row.values()) for row in without_segment(rows)}
            missing = [row for row in alone[name][mart] if tuple(row.values()) not in found]
            assert not missing, f"{name}, {mart}: {missing[:3]}"


def rows_of(ledger: Ledger, book: dict, segment_type: str, segment_value: str) -> dict:
    run = ledger.run(book)
    segment = {"segment_type": segment_type, "segment_value": segment_value}
    return {mart: without_segment(run.rows(mart, **segment)) for mart in MARTS}


def without_segment(rows: list[dict]) -> list[dict]:
    return [
        {key: value for key, value in row.items() if not key.startswith("segment_")} for row in rows
    ]


def test_a_second_book_leaves_nothing_of_the_first(ledger: Ledger) -> None:
    first = ledger.run({"subscription_lines": [LINE]})
    closing = {row["ending_arr"] for row in first.rows("rpt_arr_bridge_monthly")}
    assert closing == {1200}
    second = ledger.run({"subscription_lines": [{**LINE, "term_amount": 2400}]})
    assert {row["ending_arr"] for row in second.rows("rpt_arr_bridge_monthly")} == {2400}
    with pytest.raises(RuntimeError, match="another book since"):
        first.rows("rpt_arr_bridge_monthly")


@pytest.mark.parametrize(
    ("book", "reason"),
    [
        ({"lines": [LINE]}, "unknown tables"),
        ({"subscription_lines": [{**LINE, "amount": 1}]}, "has no columns"),
        ({"subscription_lines": [{"line_id": "1"}]}, "needs the columns"),
        ({"subscription_lines": [{**LINE, "term_amount": 0.1}]}, "is a float"),
        ({"subscription_lines": [{**LINE, "start_date": "2024-02-30"}]}, "2024-02-30"),
    ],
)
def test_a_book_that_does_not_fit_is_refused(ledger: Ledger, book: dict, reason: str) -> None:
    with pytest.raises(BookError, match=reason):
        ledger.run(book)


def test_a_misspelt_variable_is_refused() -> None:
    with pytest.raises(CompileError, match="renewal_grace"):
        Ledger({"renewal_grace": 30})
