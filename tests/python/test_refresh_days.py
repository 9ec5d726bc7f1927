"""A mistaken day is blocked, and what was accepted once is not asked again."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from landing_extracts import CUSTOMERS, LINES, write_extracts
from stand_in_build import stands_in

from arr_ledger.cli import cli
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.releases import list_releases
from arr_ledger.refresh.stale import stale_extracts, unchanged_since

__all__ = ["stands_in"]  # a fixture
IN_A_WEEK = f"{datetime.now(UTC).date() + timedelta(days=7)}"
pytestmark = pytest.mark.usefixtures("stands_in")


def refresh(folder: Path, day: str = "2025-06-30", *more: str) -> Result:
    command = ["refresh", "--extracts", f"{folder}/extracts", "--out", f"{folder}/out", "--json"]
    return CliRunner().invoke(cli, [*command, f"--vars={{as_of_date: {day}}}", *more])


def held(result: Result) -> str:
    """The first line of why it was blocked."""
    assert result.exit_code == 1, result.output
    return json.loads(result.output)["reason"].splitlines()[0]


def published(result: Result) -> dict[str, str | dict[str, str] | None]:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)["release"]


def test_a_day_that_has_not_come_is_held_back_before_anything_lands(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    said = held(refresh(tmp_path, IN_A_WEEK))
    assert said.startswith(f"blocked: as_of_date {IN_A_WEEK} is after today, ")
    assert said.endswith(". If that is right, run it again with --accept 'why it is right'.")
    assert list(Folders(tmp_path / "out").releases.iterdir()) == []
    assert list(Folders(tmp_path / "out").landings.iterdir()) == []
    release = published(refresh(tmp_path, IN_A_WEEK, "--accept", "a rehearsal"))
    assert (release["as_of_date"], release["accepted_reason"]) == (IN_A_WEEK, "a rehearsal")


def test_today_in_the_zone_that_is_furthest_ahead_is_no_day_in_the_future(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    ahead = datetime.now(UTC) + timedelta(hours=14)
    zone = f"as_of_date: {ahead.date()}, reporting_timezone: Pacific/Kiritimati"
    published(refresh(tmp_path, "2025-06-30", f"--vars={{{zone}}}"))


def test_a_day_before_that_of_the_served_release_is_held_back(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    published(refresh(tmp_path))
    published(refresh(tmp_path))
    said = held(refresh(tmp_path, "2025-06-29"))
    assert said.startswith(
        "blocked: the day of this run, 2025-06-29, is before that of the served release,"
        " 2025-06-30;"
    )
    assert published(refresh(tmp_path, "2025-06-29", "--accept", "a test"))["as_of_date"] == (
        "2025-06-29"
    )


def test_after_a_mistaken_day_and_a_rollback_the_right_day_is_not_held_back(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    published(refresh(tmp_path))
    published(refresh(tmp_path, IN_A_WEEK, "--accept", "mistaken"))
    assert "is before that of the served release" in held(refresh(tmp_path, "2025-07-01"))
    done = CliRunner().invoke(cli, ["rollback", "--out", f"{tmp_path}/out"])
    assert done.exit_code == 0, done.output
    published(refresh(tmp_path, "2025-07-01"))


def test_land_says_that_its_day_has_not_come(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    command = ["land", "--extracts", f"{extracts}", "--database", f"{tmp_path}/x.duckdb"]
    done = CliRunner().invoke(cli, [*command, f"--vars={{as_of_date: {IN_A_WEEK}}}"])
    assert done.exit_code == 0
    assert f"Notice: as_of_date {IN_A_WEEK} is after today, " in done.stderr
    done = CliRunner().invoke(cli, [*command, "--vars={as_of_date: 2025-06-30}"])
    assert "Notice" not in done.stderr


def test_what_is_accepted_is_recorded_by_what_it_named(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES, customers=CUSTOMERS)
    published(refresh(tmp_path))
    (tmp_path / "extracts" / "custom_billing" / "customers.csv").unlink()
    fell = held(refresh(tmp_path)).removeprefix("blocked: ").partition(". If")[0]
    assert fell.startswith("raw_custom_billing.customers fell from ")
    first = published(refresh(tmp_path, "2025-07-01", "--accept", "no longer exported"))
    assert first["accepted"] == {fell: "no longer exported"}


def test_a_system_that_was_switched_off_is_accepted_once(tmp_path: Path) -> None:
    extracts = write_extracts(tmp_path, subscription_lines=LINES)
    shutil.copytree(extracts / "custom_billing", tmp_path / "kept")
    closed = extracts / "closings"
    closed.mkdir()
    for name, text in CLOSINGS.items():
        (closed / f"{name}.csv").write_text(text)
    published(refresh(tmp_path))
    shutil.rmtree(closed)
    said = held(refresh(tmp_path))
    assert "raw_closings.closed_months fell from 1 to 0 rows" in said
    first = published(refresh(tmp_path, "2025-07-01", "--accept", "switched off"))
    for day in ("2025-07-02", "2025-07-03"):
        later = published(refresh(tmp_path, day))
        assert later["accepted"] == first["accepted"]
        assert set(later["accepted"].values()) == {"switched off"}
        assert later["accepted_reason"] is None
    # another reason is another question
    one_line = LINES.splitlines(keepends=True)[:2]
    write_extracts(tmp_path, subscription_lines="".join(one_line))
    said = held(refresh(tmp_path, "2025-07-04"))
    assert said.startswith("blocked: raw_custom_billing.subscription_lines fell from 3 to 1 rows")
    assert "raw_closings" not in said
    assert len(list_releases(tmp_path / "out")) == 4


CLOSINGS = {
    "closed_months": "closed_month,ending_arr,closed_at\n2025-05-01,0.00,2025-06-03 09:00:00\n",
    "closed_lines": (
        "closed_month,source_system,line_id,subscription_id,customer_id,product_id,currency,"
        "arr_in_line_currency,arr,start_date,end_date,counted_until_date,is_in_grace,load_id\n"
        "2025-05-01,custom_billing,L1,S1,C1,P1,USD,1.00,1.00,2024-01-01,,2025-06-01,false,l\n"
    ),
    "closed_customers": "closed_month,customer_id,arr\n2025-05-01,C1,1.00\n",
    "closed_retention": (
        "closed_month,window_months,segment_type,segment_value,base_arr,base_customers,"
        "net_retained_arr,gross_retained_arr,retained_customers\n"
        "2025-05-01,12,all,all,1.00,1,1.00,1.00,1\n"
    ),
}


@pytest.mark.parametrize("reason", ["", "  "])
def test_accept_without_a_reason_accepts_nothing(tmp_path: Path, reason: str) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    said = held(refresh(tmp_path, IN_A_WEEK, "--accept", reason))
    assert said.startswith("--accept: gives no reason, which stays on record with the release;")


def run(folder: Path, variables: str, *more: str) -> Result:
    return refresh(folder, f"2025-06-30, {variables}", *more)


def test_a_variable_that_differs_from_the_served_release_is_said(tmp_path: Path) -> None:
    """A schedule that lost a variable publishes other figures from the same data."""
    write_extracts(tmp_path, subscription_lines=LINES)
    release = published(run(tmp_path, "renewal_grace_days: 60"))
    assert release["variables"]["renewal_grace_days"] == 60
    assert release["variables"]["fx_mode"] == "plan_rate"
    assert "as_of_date" not in release["variables"]
    notices = json.loads(refresh(tmp_path).output)["steps"][0]["notices"]
    assert notices == [
        "Variables differ from those of the served release: renewal_grace_days was 60, is 30."
    ]
    again = json.loads(refresh(tmp_path, "2025-07-01").output)["steps"][0]
    assert "notices" not in again


def test_another_reporting_currency_is_held_back_before_anything_lands(tmp_path: Path) -> None:
    write_extracts(tmp_path, subscription_lines=LINES)
    assert published(refresh(tmp_path))["reporting_currency"] == "USD"
    write_extracts(tmp_path, fx_rates="currency,month_end,rate\nUSD,,0.9\n")
    said = held(run(tmp_path, "reporting_currency: EUR"))
    assert said.startswith(
        "blocked: reporting_currency is EUR and was USD in the served release: every amount"
        " changes. If that is right,"
    )
    release = published(run(tmp_path, "reporting_currency: EUR", "--accept", "we moved"))
    assert release["reporting_currency"] == "EUR"
    assert list(release["accepted"].values()) == ["we moved"]


def test_all_that_a_reason_accepts_is_said(tmp_path: Path) -> None:
    """Who accepts a day accepts what the build finds later, which no one has seen."""
    write_extracts(tmp_path, subscription_lines=LINES)
    done = json.loads(refresh(tmp_path, IN_A_WEEK, "--accept", "a rehearsal").output)
    (said,) = done["steps"][0]["notices"]
    assert said.startswith(f"Accepted: as_of_date {IN_A_WEEK} is after today, ")
    again = json.loads(refresh(tmp_path, IN_A_WEEK, "--force").output)
    assert "notices" not in again["steps"][0]


def test_an_export_that_stopped_is_held_back_when_it_would_add_a_month(tmp_path: Path) -> None:
    """The same files a month later read as a month without new business."""
    write_extracts(tmp_path, subscription_lines=LINES)
    published(refresh(tmp_path, "2025-07-30"))
    # over the end of a month nothing new in two days is nothing odd, and the first day stays known
    release = published(refresh(tmp_path, "2025-07-31"))
    assert release["unchanged_since"] == {"custom_billing": "2025-07-30"}
    published(refresh(tmp_path, "2025-08-30"))
    assert held(refresh(tmp_path, "2025-08-31")) == (
        "blocked: the files of custom_billing are the same bytes as on 2025-07-30, and 2025-08"
        " would be published without anything new; check that the export runs. If that is right,"
        " run it again with --accept 'why it is right'."
    )
    published(refresh(tmp_path, "2025-08-31", "--accept", "nothing happened in August"))
    published(refresh(tmp_path, "2025-09-01"))
    write_extracts(tmp_path, subscription_lines=LINES.replace("1200.50", "1200.60"))
    release = published(refresh(tmp_path, "2025-09-30"))
    assert release["unchanged_since"] == {"custom_billing": "2025-09-30"}


def test_an_export_that_one_billing_system_brings_is_none_that_stopped() -> None:
    served = {
        "as_of_date": "2025-07-31",
        "files": {"stripe/invoice.csv": "a", "custom_billing/subscription_lines.csv": "b"},
        "unchanged_since": {"stripe": "2025-07-31", "custom_billing": "2025-03-31"},
    }
    files = {**served["files"], "stripe/invoice.csv": "c"}
    billing = ["custom_billing", "stripe"]
    for of_day, said in ((served["files"], 1), (files, 0)):
        since = unchanged_since(of_day, served, date(2025, 8, 31))
        found = stale_extracts(since, served, date(2025, 8, 31), billing)
        assert len(found) == said
    assert stale_extracts(since, {}, date(2025, 8, 31), billing) == []
