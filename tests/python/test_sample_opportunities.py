"""The opportunities of the sample company look like those of a company that could exist."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from arr_ledger.sample import ANSWER_KEY, EXTRACTS, PROJECT
from arr_ledger.sample_company.days import AS_OF

Row = dict[str, str]
FIRST_CLOSED, LAST_CLOSED = "2025-07-01", "2026-06-01"
# fewer say nothing of a rate
DECIDED_AT_LEAST = 10
PIPELINE_PER_GAP = (2, 4)
HORIZONS = (3, 6, 9, 12)
ARR_MONTHLY = PROJECT / ANSWER_KEY / "customer_arr_monthly.csv"


@pytest.fixture(scope="module")
def marts(sample_database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        yield connection


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def salesforce(name: str) -> list[Row]:
    return rows_of(PROJECT / EXTRACTS / "salesforce" / f"sample_salesforce__{name}.csv")


def open_expansions() -> list[Row]:
    return [
        row
        for row in salesforce("opportunity")
        if row["is_closed"] == "false" and row["type"] != "Renewal" and row["is_deleted"] == "false"
    ]


def new_business() -> list[Row]:
    return [
        row
        for row in salesforce("opportunity")
        if row["type"] == "New Business" and row["is_deleted"] == "false" and row["amount"]
    ]


@pytest.mark.parametrize(
    "part",
    [
        lambda row, segments: "all",
        lambda row, segments: row["sourced_by_c"],
        lambda row, segments: segments[row["account_id"]],
        lambda row, segments: row["close_date"][:4],
    ],
    ids=["all", "team", "segment", "year"],
)
def test_a_fifth_to_a_third_of_new_business_is_won(
    part: Callable[[Row, dict[str, str]], str],
) -> None:
    segments = {row["id"]: row["segment_c"] for row in salesforce("account")}
    decided: dict[str, Counter[str]] = defaultdict(Counter)
    for row in new_business():
        # the first quarters are short of accounts that could be lost
        if row["is_closed"] == "true" and row["close_date"] >= "2022":
            decided[part(row, segments)][row["is_won"]] += 1
    known = {name: of for name, of in decided.items() if of.total() >= 2 * DECIDED_AT_LEAST}
    assert known
    for name, of in known.items():
        assert 0.2 <= of["true"] / of.total() <= 0.35, name


def test_lost_new_business_is_of_those_who_had_no_arr() -> None:
    """Prospects, customers before they signed, customers that had left."""
    arr = {(row["customer_id"], row["date_month"][:7]) for row in rows_of(ARR_MONTHLY)}
    ever = {customer for customer, _ in arr}
    lost = [row for row in new_business() if row["stage_name"] == "Closed Lost"]
    assert len(lost) > 1000
    assert not [row for row in lost if (row["account_id"], row["close_date"][:7]) in arr]
    of_customers = sum(row["account_id"] in ever for row in lost)
    assert 0.2 < of_customers / len(lost) < 0.8
    created = {row["id"]: row["created_date"] for row in salesforce("account")}
    assert not [row for row in lost if row["close_date"] < created[row["account_id"]]]


@pytest.mark.parametrize(
    "part",
    [
        lambda row: "all",
        lambda row: row["sourcing_team"],
        lambda row: row["segment"],
    ],
    ids=["all", "team", "segment"],
)
def test_a_fifth_to_a_third_of_expansion_opportunities_is_won(part: Callable[[Row], str]) -> None:
    decided: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows_of(PROJECT / ANSWER_KEY / "expansion_opportunities.csv"):
        state = row["opportunity_state"]
        if state != "open" and FIRST_CLOSED <= row["close_month"] <= LAST_CLOSED:
            decided[part(row)]["count"] += int(row["opportunities"])
            decided[part(row)]["arr"] += round(float(row["opportunity_arr"]))
            decided[part(row)][state] += int(row["opportunities"])
            decided[part(row)][f"{state}_arr"] += round(float(row["opportunity_arr"]))
    known = {name: of for name, of in decided.items() if of["count"] >= DECIDED_AT_LEAST}
    assert known
    for name, of in known.items():
        assert 0.2 <= of["won"] / of["count"] <= 0.35, name
        assert 0.2 <= of["won_arr"] / of["arr"] <= 0.35, name


def test_the_pipeline_is_two_to_four_times_the_gap(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        """
        select horizon_months, pipeline_arr / expansion_gap_arr, win_rate
        from marts.rpt_expansion_needed
        where segment_type = 'all' and list_contains(?, horizon_months)
        """,
        [list(HORIZONS)],
    ).fetchall()
    assert len(rows) == len(HORIZONS)
    least, most = PIPELINE_PER_GAP
    for horizon, ratio, win_rate in rows:
        assert least <= ratio <= most, horizon
        assert 0.2 <= win_rate <= 0.35


def test_every_lost_opportunity_has_a_reason_and_no_other_has_one() -> None:
    rows = salesforce("opportunity")
    lost = [row for row in rows if row["stage_name"] == "Closed Lost"]
    assert len(lost) > 1000
    assert {row["stage_name"] for row in rows if row["loss_reason_c"]} == {"Closed Lost"}
    reasons = Counter(row["loss_reason_c"] for row in lost)
    assert "" not in reasons
    assert max(reasons.values()) < len(lost) / 3


def test_the_pipeline_is_spread_over_stages_and_weeks() -> None:
    rows = open_expansions()
    stages = Counter(row["stage_name"] for row in rows)
    assert len(stages) >= 4
    assert min(stages.values()) > len(rows) / 10
    for day in ("close_date", "created_date"):
        weeks = Counter(date.fromisoformat(row[day][:10]).isocalendar()[:2] for row in rows)
        assert len(weeks) >= 20, day
        assert max(weeks.values()) < len(rows) / 5, day
    stale = [row for row in rows if date.fromisoformat(row["close_date"]) <= AS_OF]
    assert 0 < len(stale) < len(rows) / 10


def test_open_opportunities_belong_to_those_who_look_after_the_account() -> None:
    accounts = {row["id"]: row for row in salesforce("account")}
    rows = open_expansions()
    assert len(rows) > 100
    for row in rows:
        account = accounts[row["account_id"]]
        owner = account["csm_id_c"] if row["sourced_by_c"] == "CSM" else account["owner_id"]
        assert row["owner_id"] == owner, row["id"]
