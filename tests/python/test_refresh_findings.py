"""A refresh ends with what nothing explains, and how much of it there is."""

from __future__ import annotations

from pathlib import Path

import duckdb

from arr_ledger.refresh.findings import (
    empty_segments,
    findings_of,
    findings_told,
    other_segments,
)


def release_with(folder: Path, *findings: tuple[str, str | None]) -> Path:
    """A release file whose findings are these kinds and amounts."""
    path = folder / "arr_ledger.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_ledger_findings (finding_type varchar, arr decimal(18, 2))"
        )
        for finding in findings:
            connection.execute("insert into marts.rpt_ledger_findings values (?, ?)", finding)
    return path


def test_what_nothing_explains_has_a_line_of_its_own_with_its_amount(tmp_path: Path) -> None:
    file = release_with(
        tmp_path,
        ("unexplained_invoice_difference", "1200.50"),
        ("unexplained_invoice_difference", "-300"),
        ("renewal_pending", "5000"),
        ("shared_subscription", None),
    )
    assert findings_told(findings_of(file)) == [
        "Unexplained invoice difference: 2, 1,500.50 a year; see marts.rpt_ledger_findings.",
        "Findings: 1 renewal_pending (5,000.00), 1 shared_subscription (0.00);"
        " see marts.rpt_ledger_findings.",
    ]


def test_without_findings_nothing_is_said(tmp_path: Path) -> None:
    assert findings_told(findings_of(release_with(tmp_path))) == []


def test_many_kinds_are_counted(tmp_path: Path) -> None:
    file = release_with(tmp_path, *[(f"kind_{n}", str(n)) for n in range(1, 9)])
    (line,) = findings_told(findings_of(file))
    assert line.startswith("Findings: 1 kind_8 (8.00), 1 kind_7 (7.00)")
    assert line.endswith("and 3 more kinds; see marts.rpt_ledger_findings.")


def test_a_segment_column_without_any_value_is_named(tmp_path: Path) -> None:
    path = tmp_path / "arr_ledger.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_customers as"
            " select * from (values ('US', 'unknown'), ('unknown', 'unknown')) as x(country, tear)"
        )
    assert empty_segments(path, ["country"]) == []
    (sentence,) = empty_segments(path, ["country", "tear"])
    assert sentence.startswith("segment_columns: no customer has a value for tear, so all are in")


def bridge_of(path: Path, **segments: int) -> Path:
    """A file of a release in which these segments have ARR."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_arr_bridge_monthly"
            " (date_month date, segment_type varchar, segment_value varchar,"
            " ending_arr decimal(18, 2))"
        )
        for kind, value, arr in [
            ("all", "all", sum(segments.values())),
            *(("segment", value, arr) for value, arr in segments.items()),
        ]:
            connection.execute(
                "insert into marts.rpt_arr_bridge_monthly values ('2025-05-01', ?, ?, ?)",
                [kind, value, arr],
            )
    return path


def test_a_segment_that_is_called_otherwise_is_said(tmp_path: Path) -> None:
    """Its rates follow its customers, and nothing moves in total."""
    served = bridge_of(tmp_path / "served.duckdb", Enterprise=10, Mid=5, Gone=0)
    built = bridge_of(tmp_path / "built.duckdb", ENT=10, Mid=5)
    assert other_segments(served, built) == [
        "segment: Enterprise had ARR in the newest month of the served release and has none now;"
        " new is ENT; check that no export renamed it."
    ]
    assert other_segments(served, served) == []
    assert other_segments(tmp_path / "none.duckdb", built) == []


def test_a_new_segment_is_not_said(tmp_path: Path) -> None:
    served = bridge_of(tmp_path / "served.duckdb", Mid=5)
    built = bridge_of(tmp_path / "built.duckdb", Mid=5, Small=1)
    assert other_segments(served, built) == []
