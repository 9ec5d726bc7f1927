"""A month that was closed and what is learned later: causes, amounts, loads, and the replay."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from landing_extracts import write_extracts
from ledger_harness import Ledger, LedgerRun

from arr_ledger.closing.files import add
from arr_ledger.closing.frozen import frozen
from arr_ledger.landing import land

EARLY, LATE = "2025-06-30", "2025-12-31"
CLOSED = [date(2025, 3, 1), date(2025, 4, 1), date(2025, 6, 1)]
HEADER = (
    "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency,"
    "charge_type\n"
)
LINES = {
    "kept": "kept,C0,P,2024-01-01,,1200,12,USD,",
    "deleted": "deleted,C1,P,2024-01-01,,1200,12,USD,",
    "cancelled": "cancelled,C2,P,2024-01-01,,1200,12,USD,",
    "amount": "amount,C3,P,2024-01-01,,1200,12,USD,",
    "rate": "rate,C4,P,2024-01-01,,1200,12,EUR,",
    "merged": "merged,C5,P,2024-01-01,,1200,12,USD,",
    "survivor": "survivor,C6,P,2024-01-01,,600,12,USD,",
    "lapsing": "lapsing,C7,P,2024-06-10,2025-06-10,1200,12,USD,",
    "trial": "trial,C8,P,2024-01-01,,1200,12,USD,",
    "moved": "moved,C9,P,2025-01-01,,1200,12,USD,",
    "paused": "paused,C10,P,2024-04-20,2025-04-20,1200,12,USD,",
}
LATER = {
    "deleted": None,
    "cancelled": "cancelled,C2,P,2024-01-01,2025-06-15,1200,12,USD,",
    "amount": "amount,C3,P,2024-01-01,,1500,12,USD,",
    "trial": "trial,C8,P,2024-01-01,,1200,12,USD,trial",
    "moved": "moved,C9,P,2025-08-01,,1200,12,USD,",
    "renewal": "renewal,C10,P,2025-05-15,2026-05-15,1200,12,USD,",
    "backdated": "backdated,C11,P,2025-05-01,,480,12,USD,",
}
CUSTOMERS = "customer_id,merged_into_customer_id\nC5,\nC6,\n"
MERGED = "customer_id,merged_into_customer_id\nC5,C6\nC6,\n"
RATES = "currency,month_end,rate\nEUR,,1.10\n"
NEW_RATES = "currency,month_end,rate\nEUR,,1.20\n"
EXPECTED = {
    (6, "backdated", "C11", "backdated_line", "480.00", "lines"),
    (6, "cancelled", "C2", "late_cancellation", "-1200.00", "lines"),
    (6, "amount", "C3", "changed_amount", "300.00", "lines"),
    (6, "rate", "C4", "changed_rate", "120.00", "rates"),
    (6, "merged", "C5", "changed_customer", "-1200.00", "customers"),
    (6, "merged", "C6", "changed_customer", "1200.00", "customers"),
    (6, "lapsing", "C7", "grace_lapsed", "-1200.00", None),
    (6, "trial", "C8", "changed_charge", "-1200.00", "lines"),
    (6, "moved", "C9", "changed_dates", "-1200.00", "lines"),
    (6, "deleted", "C1", "deleted_row", "-1200.00", "lines"),
    (6, "renewal", "C10", "backdated_line", "1200.00", "lines"),
    (4, "paused", "C10", "late_renewal", "1200.00", None),
}


def lines_file(rows: dict[str, str | None]) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows.values() if row)


EARLY_LINES = lines_file(LINES)
LATE_LINES = lines_file({**LINES, **LATER})


def id_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]


LOADS = {"lines": id_of(LATE_LINES), "customers": id_of(MERGED), "rates": id_of(NEW_RATES)}


class Company:
    """A folder of extracts, the database it is landed in, and the ledgers of two days."""

    def __init__(self, folder: Path, ledgers: dict[str, Ledger]) -> None:
        self.folder, self.database, self.ledgers = folder, folder / "x.duckdb", ledgers

    def land(self, lines: str, customers: str, rates: str) -> None:
        extracts = write_extracts(
            self.folder, subscription_lines=lines, customers=customers, fx_rates=rates
        )
        land(extracts, self.database)

    def build(self, day: str) -> LedgerRun:
        return self.ledgers[day].run(self._book())

    def close(self, run: LedgerRun, months: list[date]) -> None:
        folder = self.folder / "extracts" / "closings"
        folder.mkdir(exist_ok=True)
        for month in months:
            instant = datetime(2025, 7, 3, 9, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S")
            tables = frozen(run._ledger.connection, month, instant)
            add(folder, tables)

    def _book(self) -> dict[str, list[dict]]:
        """What landed, as rows."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            tables = connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_schema like 'raw%'"
                " and table_name not in ('landed_loads', 'landed_rows_quarantined')"
                " and table_schema || table_name <> 'raw_closingslanded_rows_gone'"
            ).fetchall()
            book = {}
            for schema, name in tables:
                cursor = connection.execute(f"select * from {schema}.{name}")
                columns = [column[0] for column in cursor.description]
                rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
                if schema == "raw_closings":
                    rows = [{k: v for k, v in row.items() if k != "_load_id"} for row in rows]
                book[name] = rows
        return book


@pytest.fixture(scope="module")
def ledgers() -> dict[str, Ledger]:
    smaller = {"segment_columns": ["segment"], "retention_windows": [1, 12]}
    smaller["deleted_lines"] = "never_existed"
    return {day: Ledger({**smaller, "as_of_date": day}) for day in (EARLY, LATE)}


@pytest.fixture
def company(tmp_path: Path, ledgers: dict[str, Ledger]) -> Iterator[Company]:
    """Closed on what was known at the end of June 2025."""
    company = Company(tmp_path, ledgers)
    company.land(EARLY_LINES, CUSTOMERS, RATES)
    company.close(company.build(EARLY), CLOSED)
    return company


def marts(run: LedgerRun) -> dict[str, list]:
    return {
        relation.name: sorted(map(repr, run.rows(relation.name)))
        for relation in run._ledger.relations
        if relation.schema == "marts"
    }


def later(company: Company) -> LedgerRun:
    company.land(LATE_LINES, MERGED, NEW_RATES)
    return company.build(LATE)


def test_a_month_just_closed_has_no_restatement(company: Company) -> None:
    company.land(EARLY_LINES, CUSTOMERS, RATES)
    run = company.build(EARLY)
    assert run.rows("fct_arr_restatements") == []
    report = run.rows("rpt_arr_as_reported_monthly")
    assert [row["date_month"] for row in sorted(report, key=str)] == CLOSED
    assert all(row["as_reported_arr"] == row["as_restated_arr"] for row in report)


def test_later_knowledge_shows_with_its_cause_amount_and_load(company: Company) -> None:
    rows = later(company).rows("fct_arr_restatements")
    june_and_april = {
        (
            row["date_month"].month,
            *(row["line_id"], row["customer_id"], row["cause"], str(row["restatement_arr"])),
            row["load_id"],
        )
        for row in rows
        if row["date_month"].month == 6 or row["line_id"] == "paused"
    }
    assert june_and_april == {(*expected[:5], LOADS.get(expected[5])) for expected in EXPECTED}
    assert all(row["detail"] for row in rows)


def test_as_reported_and_restatements_are_as_restated_for_every_customer(company: Company) -> None:
    run = later(company)
    for month in CLOSED:
        reported = dict.fromkeys((f"C{n}" for n in range(12)), Decimal(0))
        for row in run.query(
            "select customer_id, arr from raw_closings.closed_customers where closed_month = ?",
            [month],
        ):
            reported[row["customer_id"]] += row["arr"]
        for row in run.rows("fct_arr_restatements", date_month=month):
            reported[row["customer_id"]] += row["restatement_arr"]
        ledger = {
            row["customer_id"]: row["arr"]
            for row in run.rows("fct_customer_arr_monthly", date_month=month)
        }
        assert {key: arr for key, arr in reported.items() if arr} == {
            key: arr for key, arr in ledger.items() if arr
        }
        (report,) = run.rows("rpt_arr_as_reported_monthly", date_month=month)
        assert report["as_restated_arr"] == sum(ledger.values())


def test_rates_stand_as_reported_beside_as_restated(company: Company) -> None:
    rows = later(company).rows(
        "rpt_ndr_grr_as_reported_monthly",
        date_month=CLOSED[-1],
        window_months=12,
        segment_type="all",
    )
    assert len(rows) == 1
    # base: ten lines in force in June 2024, "moved" not; the euro line at 1.10, later at 1.20
    assert rows[0]["base_arr_as_reported"] == 8 * 1200 + 1320 + 600
    assert rows[0]["base_arr_as_restated"] == 5 * 1200 + 1500 + 1440 + 600
    assert rows[0]["ndr_as_reported"] == (7 * 1200 + 1320 + 600) / 11520
    assert rows[0]["ndr_as_restated"] == (3 * 1200 + 1500 + 1440 + 600) / 9540


def test_data_of_an_earlier_day_gives_that_release_again(
    company: Company, tmp_path_factory: pytest.TempPathFactory
) -> None:
    company.land(EARLY_LINES, CUSTOMERS, RATES)
    released = marts(company.build(EARLY))
    later(company)
    again = Company(tmp_path_factory.mktemp("again"), company.ledgers)
    (again.folder / "extracts").mkdir()
    (company.folder / "extracts" / "closings").rename(again.folder / "extracts" / "closings")
    again.land(EARLY_LINES, CUSTOMERS, RATES)
    replayed = marts(again.build(EARLY))
    assert replayed == released
    assert sum(map(len, replayed.values())) > 100


def test_closings_after_the_day_of_a_build_are_not_known_to_it(company: Company) -> None:
    company.land(EARLY_LINES, CUSTOMERS, RATES)
    june = company.build(EARLY)
    assert len(june.rows("rpt_arr_as_reported_monthly")) == 3
    company.close(company.build(LATE), [date(2025, 9, 1)])
    company.land(EARLY_LINES, CUSTOMERS, RATES)
    assert len(company.build(EARLY).rows("rpt_arr_as_reported_monthly")) == 3
    assert len(company.build(LATE).rows("rpt_arr_as_reported_monthly")) == 4


def test_a_month_taken_out_of_the_list_is_open_again(company: Company) -> None:
    listed = company.folder / "extracts" / "closings" / "closed_months.csv"
    listed.write_text("".join(listed.read_text().splitlines(keepends=True)[:-1]))
    run = later(company)
    assert {row["date_month"] for row in run.rows("fct_arr_restatements")} <= set(CLOSED[:-1])
    company.close(run, [CLOSED[-1]])
    run = later(company)
    assert run.rows("fct_arr_restatements", date_month=CLOSED[-1]) == []
    assert len(run.rows("rpt_arr_as_reported_monthly")) == 3
