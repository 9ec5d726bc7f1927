"""Boards in a real browser: every number a page prints is the number of the mart."""

from __future__ import annotations

import itertools
import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import CHROMIUM, in_a_browser
from click.testing import CliRunner

from arr_ledger.board import read, render
from arr_ledger.board.declared import boards
from arr_ledger.board.periods import between_ends, periods
from arr_ledger.cli import cli
from arr_ledger.coverage import OWNERS, needed_by
from arr_ledger.problems import RefusedError

PAGES = [
    *("index", "retention", "bridge", "cohorts", "renewals", "growth", "trust", "customer"),
    "customer#c=3",
]
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
SETS = {
    "segment": ["Enterprise", "Mid-Market", "SMB"],
    "industry": ["Retail", "Software"],
    "region": ["Europe"],
}
COMBINATIONS = [
    {},
    *({column: value} for column, values in SETS.items() for value in values),
    *(
        {"segment": segment, "industry": industry}
        for segment, industry in itertools.product(SETS["segment"], SETS["industry"])
    ),
    {"segment": "Enterprise", "industry": "Retail", "region": "Europe"},
]


@pytest.fixture(scope="module")
def pages(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("boards") / "pages"
    render(sample_database, out)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


class Opened:
    """A page that was opened, and what went wrong in it."""

    def __init__(self, browser: Any, folder: Path, name: str, width: int, scheme: str) -> None:
        self.wrong: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        self.page = context.new_page()
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog {dialog.message}"))
        self.page.on("request", self._request)
        self._folder = folder
        file, _, state = name.partition("#")
        self.page.goto(f"file://{folder}/{file}.html" + (f"#{state}" if state else ""))
        self.page.wait_for_selector("html[data-drawn]", timeout=60_000)

    def _request(self, request: Any) -> None:
        if not request.url.startswith(f"file://{self._folder}/"):
            self.wrong.append(f"asked for {request.url}")

    def texts(self, selector: str) -> list[str]:
        return [
            text.replace("\u00a0", " ") for text in self.page.locator(selector).all_inner_texts()
        ]


def copied(database: Path, folder: Path) -> Path:
    """A copy that a test may change."""
    copy = folder / "arr_ledger.duckdb"
    shutil.copyfile(database, copy)
    return copy


@in_a_browser
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_page_opens_without_network_fits_and_is_accessible(
    name: str, width: int, scheme: str, pages: Path, browser: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = Opened(browser, pages, name, width, scheme)
    assert opened.wrong == []
    assert opened.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    cut = opened.page.evaluate(
        "[...document.querySelectorAll('.chart svg text')].filter(text => {"
        " const box = text.getBoundingClientRect();"
        " return box.width && (box.right > innerWidth || box.left < 0) })"
        ".map(text => text.textContent)"
    )
    assert cut == []
    results = Axe().run(opened.page)
    assert [each["id"] for each in results.response["violations"]] == []


def _hash(chosen: dict[str, str]) -> str:
    return "&".join(f"f.{column}={value}" for column, value in chosen.items())


def _where(chosen: dict[str, str]) -> str:
    return "".join(f" and {column} = '{value}'" for column, value in chosen.items())


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f} %".replace("-", "\u2212")


@in_a_browser
@pytest.mark.parametrize("chosen", COMBINATIONS, ids=lambda each: _hash(each) or "all")
def test_tiles_under_any_filter_are_those_of_the_customers_in_it(
    chosen: dict[str, str], pages: Path, browser: Any, sample_database: Path
) -> None:
    """The page sums by sets of segments; the figures here come from the customers."""
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        base, net, gross, kept, customers = connection.execute(
            "select sum(base_arr), sum(net_retained_arr), sum(gross_retained_arr),"
            " count(*) filter (where is_retained), count(*)"
            " from marts.fct_customer_retention_monthly where window_months = 12 and date_month ="
            f" (select max(date_month) from marts.rpt_arr_bridge_monthly) {_where(chosen)}"
        ).fetchone()
    name, ndr, grr, logo, _ = Opened(
        browser, pages, f"retention#{_hash(chosen)}", 1440, "light"
    ).texts(".tile .value")
    assert name.startswith("$")
    if not customers:
        assert [ndr, grr, logo] == ["\u2013"] * 3
    else:
        assert [ndr, grr, logo] == [
            _percent(net / base), _percent(gross / base), _percent(kept / customers)
        ]  # fmt: skip


PERIODS = {
    "last12": ("2025-07-01", "2026-06-01"),
    "2024": ("2024-01-01", "2024-12-01"),
    "2025-Q4": ("2025-10-01", "2025-12-01"),
    "2026-06-01": ("2026-06-01", "2026-06-01"),
}
FILTERS = ({}, {"segment": "Mid-Market"}, {"segment": "SMB", "region": "Europe"})


def _change(amount: float) -> str:
    return ("+" if amount > 0 else "\u2212") + f"${abs(round(float(amount))):,}"


def _drilled(opened: Opened) -> dict[str, str]:
    """Each step of the bridge and the total of its customers, chosen by keyboard."""
    totals = {}
    for number in range(opened.page.locator(".steps button").count()):
        button = opened.page.locator(".steps button").nth(number)
        step = button.inner_text().split()[0].lower()
        button.focus()
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_selector("html[data-drawn]")
        rows = opened.page.locator("section").first.locator(".scroll").last.locator("tbody tr")
        totals[step] = rows.last.inner_text().split()[-1]
    return totals


@in_a_browser
@pytest.mark.parametrize("period", PERIODS)
def test_the_bridge_of_the_months_of_a_period_sums_to_the_mart(
    period: str, pages: Path, browser: Any, sample_database: Path
) -> None:
    opened = Opened(browser, pages, f"bridge#period={period}&view=months", 1440, "light")
    drilled = _drilled(opened)
    assert len(drilled) >= 3
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        for step, total in drilled.items():
            (amount,) = connection.execute(
                f"select sum({step}_arr) from marts.rpt_arr_bridge_monthly"
                " where segment_type = 'all' and date_month between ? and ?",
                PERIODS[period],
            ).fetchone()
            assert total == _change(amount), step
    assert opened.wrong == []


def _ends(
    connection: duckdb.DuckDBPyConnection, period: str, chosen: dict[str, str]
) -> dict[str, Decimal]:
    """The bridge between the ends, in Python, from the balances and segments of two months."""
    start, end = PERIODS[period]

    def at(month: str) -> dict[str, Decimal]:
        return dict(
            connection.execute(
                "select customer_id, arr from marts.fct_customer_arr_spans where arr <> 0"
                " and from_month <= ? and coalesce(until_month, '9999-01-01') > ?",
                [month, month],
            ).fetchall()
        )

    def in_segment(customer: str, month: str) -> bool:
        for column, value in chosen.items():
            said = connection.execute(
                "select segment_value from marts.fct_arr_bridge_movements where customer_id = ?"
                " and segment_type = ? and date_month <= ?"
                " and (not is_between_segments or arr_change > 0) order by date_month desc",
                [customer, column, month],
            ).fetchone()
            if said[0] != value:
                return False
        return True

    (before,) = connection.execute(
        "select strftime(?::date - interval 1 month, '%Y-%m-01')", [start]
    ).fetchone()
    first = dict(
        connection.execute(
            "select customer_id, strftime(first_arr_month, '%Y-%m-%d') from marts.dim_customers"
        ).fetchall()
    )
    old, new = at(before), at(end)
    sums: dict[str, Decimal] = {}

    def add(kind: str, amount: Decimal) -> None:
        sums[kind] = sums.get(kind, Decimal(0)) + amount

    for customer in old.keys() | new.keys():
        was, is_ = old.get(customer, Decimal(0)), new.get(customer, Decimal(0))
        is_in = in_segment(customer, end)
        was_in = in_segment(customer, before) if was else is_in
        if was and is_in != was_in:
            add("transfer", was if is_in else -was)
        if not is_in or was == is_:
            continue
        if was == 0:
            add("new" if start <= first[customer] <= end else "reactivation", is_)
        elif is_ == 0:
            add("churn", -was)
        else:
            add("expansion" if is_ > was else "contraction", is_ - was)
    return {kind: amount for kind, amount in sums.items() if amount}


@in_a_browser
@pytest.mark.parametrize("chosen", FILTERS, ids=lambda each: _hash(each) or "all")
@pytest.mark.parametrize("period", [period for period in PERIODS if period[-3:] != "-01"])
def test_the_bridge_between_the_ends_of_a_period_has_one_movement_per_customer(
    period: str, chosen: dict[str, str], pages: Path, browser: Any, sample_database: Path
) -> None:
    opened = Opened(browser, pages, f"bridge#period={period}&{_hash(chosen)}", 1440, "light")
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        expected = _ends(connection, period, chosen)
        balances = [
            connection.execute(
                "select coalesce(sum(arr), 0) from marts.fct_arr_by_segments_monthly"
                f" where date_month = {month} {_where(chosen)}"
            ).fetchone()[0]
            for month in (
                f"date '{PERIODS[period][0]}' - interval 1 month",
                f"date '{PERIODS[period][1]}'",
            )
        ]
        (monthly,) = connection.execute(
            "select sum(arr_change) from marts.fct_arr_movements_by_segments_monthly"
            f" where movement_type = 'expansion' and date_month between ? and ? {_where(chosen)}",
            PERIODS[period],
        ).fetchone()
    assert balances[0] + sum(expected.values()) == balances[1]
    assert _drilled(opened) == {kind: _change(amount) for kind, amount in expected.items()}
    opened.page.locator("summary").first.click()
    table = {
        row.split("\t")[0]: row.split("\t")[1:]
        for row in opened.texts("section:first-of-type details tbody tr")
    }
    assert table["Beginning"][:2] == [f"${round(balances[0]):,}"] * 2
    assert table["Ending"][:2] == [f"${round(balances[1]):,}"] * 2
    assert table["Expansion"] == [
        f"${round(expected['expansion']):,}",
        f"${round(monthly):,}",
        "$0" if expected["expansion"] == monthly else _change(expected["expansion"] - monthly),
    ]
    # drivers beneath explain the same movements
    totals = {
        row.split("\t")[0].lower(): row.split("\t")[2]
        for row in opened.texts("section:nth-of-type(2) tbody tr")
        if "Total" in row
    }
    kept = ("expansion", "contraction")
    assert totals == {kind: _change(expected[kind]) for kind in kept if kind in expected}
    assert opened.wrong == []


def test_in_every_period_and_set_movements_between_the_ends_are_the_change_of_the_balance(
    pages: Path,
) -> None:
    def said(file: str, name: str) -> Any:
        (line,) = (
            line
            for line in (pages / file).read_text("utf-8").splitlines()
            if f").{name} = " in line
        )
        return json.loads(line.split(f").{name} = ", 1)[1].rstrip(";"))

    header, balances = said("data/common.js", "header"), said("data/common.js", "cubes")["arr"]
    longer, months = said("data/periods.js", "longer"), header["months"]
    number = {period["key"]: at for at, period in enumerate(header["periods"])}
    checked = 0
    for period in header["periods"]:
        if period["kind"] == "month":
            continue
        at = number[period["key"]]
        before = months[months.index(period["from"]) - 1] if period["from"] > months[0] else None
        changes, sums, of_customers, drivers = Counter(), Counter(), Counter(), Counter()
        for month, segments, arr, _ in balances:
            changes[segments] += arr * ((month == period["to"]) - (month == before))
        for each, segments, kind, amount in longer["sums"]:
            if each == at:
                changes[segments] -= amount
                sums[header["movements"][kind]] += amount
        for each, _, _, kind, amount, _, _ in longer["customers"]:
            of_customers[header["movements"][kind]] += amount if each == at else 0
        for each, _, kind, _, amount, _ in longer["drivers"]["ends"]:
            drivers[kind] += amount if each == at else 0
        assert not any(changes.values()), period
        assert all(of_customers[kind] == amount for kind, amount in sums.items()), period
        assert all(drivers[kind] == sums[kind] for kind in ("expansion", "contraction")), period
        checked += len(changes)
    assert checked > 500


@in_a_browser
def test_from_the_bridge_of_a_period_to_the_lines_of_a_customer_in_it(
    pages: Path, browser: Any, sample_database: Path
) -> None:
    opened = Opened(browser, pages, "bridge#period=2025-Q4&step=churn", 390, "light")
    link = opened.page.locator("section").first.locator(".scroll").last.locator("a").first
    name, (was, is_) = (
        link.inner_text(),
        opened.texts("section:first-of-type tbody tr:has(a)")[0].split("\t")[1:3],
    )
    link.click()
    opened.page.wait_for_selector("h2:has-text('Contract lines that began or ended')")
    said = f"in 2025 Q4. ARR was {was} before it and {is_} at its end."
    assert said in opened.page.locator(".moved").inner_text().replace("\u00a0", " ")
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        lines = connection.execute(
            "select line_id from marts.fct_arr_postings"
            " inner join marts.dim_customers using (customer_id)"
            " where sign = 1 and customer_name = ? and (start_date between '2025-10-01' and"
            " '2025-12-31' or end_date between '2025-10-01' and '2025-12-31')"
            " order by start_date desc, line_id",
            [name],
        ).fetchall()
    listed = opened.page.locator("[aria-label='Contract lines'] tbody tr td:nth-child(2)")
    assert lines
    assert listed.all_inner_texts() == [line for (line,) in lines]
    opened.page.click("text=Show all of the customer")
    opened.page.wait_for_selector("h2:text-is('Contract lines')")
    assert opened.wrong == []


def test_the_quarters_of_a_fiscal_year_are_called_by_its_last_month() -> None:
    months = [f"{year}-{month:02}-01" for year in (2024, 2025) for month in range(1, 13)]
    named = {each["key"]: (each["name"], each["from"], each["to"]) for each in periods(months, 2)}
    assert named["2025"] == ("FY2025", "2024-02-01", "2025-01-01")
    assert named["2026-Q1"] == ("FY2026 Q1", "2025-02-01", "2025-04-01")
    assert "2024" not in named, "January 2024 is the last month of it"
    assert [each["kind"] for each in periods(months[:1], 1)] == ["month"]
    for wrong in (0, 13, "April"):
        with pytest.raises(RefusedError, match="fiscal_year_start_month is a month from 1 to 12"):
            periods(months, wrong)


# customer: its movements; 100 is 1.00 ARR
BETWEEN_ENDS = {
    "grew and shrank": ([("2025-01", "expansion", 1), ("2025-02", "contraction", -1)], {}),
    "came and left": ([("2025-01", "new", 7), ("2025-03", "churn", -7)], {}),
    "left and came back with more": (
        [("2025-01", "churn", -10), ("2025-03", "reactivation", 12)],
        {"expansion": 2},
    ),
    "came, left and came back": (
        [("2025-01", "new", 7), ("2025-02", "churn", -7), ("2025-03", "reactivation", 4)],
        {"new": 4},
    ),
    "returned and grew": (
        [("2024-11", "churn", -10), ("2025-01", "reactivation", 3), ("2025-02", "expansion", 2)],
        {"reactivation": 5},
    ),
    "shrank, then left": (
        [("2025-01", "contraction", -4), ("2025-03", "churn", -6)],
        {"churn": -10},
    ),
    "opened the ledger and grew": (
        [("2025-01", "opening_balance", 5), ("2025-02", "expansion", 2)],
        {"opening_balance": 5, "expansion": 2},
    ),
    "new rate and seats": (
        [("2025-01", "fx", 1), ("2025-02", "fx", 2), ("2025-03", "contraction", -5)],
        {"fx": 3, "contraction": -5},
    ),
    "new rate, then left": ([("2025-01", "fx", 1), ("2025-03", "churn", -11)], {"churn": -10}),
    "handed over": ([("2025-02", "transfer", -10)], {"transfer": -10}),
    "took over and grew": (
        [("2025-02", "transfer", 10), ("2025-03", "expansion", 1)],
        {"transfer": 10, "expansion": 1},
    ),
}
WITH_TEN_BEFORE = (
    *("grew and shrank", "left and came back with more", "returned and grew", "shrank, then left"),
    *("new rate and seats", "new rate, then left", "handed over"),
)


@pytest.mark.parametrize("customer", BETWEEN_ENDS)
def test_between_the_ends_of_a_quarter(customer: str) -> None:
    moved, expected = BETWEEN_ENDS[customer]
    if customer in WITH_TEN_BEFORE:
        moved = [("2024-10", "new", 10), *moved]
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_arr_movements"
            " (customer_id varchar, date_month date, movement_type varchar,"
            " arr_change decimal(18, 2))"
        )
        connection.executemany(
            "insert into marts.fct_arr_movements values ('a', ?, ?, ?)",
            [(f"{month}-01", kind, amount) for month, kind, amount in moved],
        )
        connection.execute(
            "create table marts.fct_arr_bridge_movements as select 'all' as segment_type,"
            " 'all' as segment_value, *, false as is_between_segments from marts.fct_arr_movements"
        )
        header = {
            "months": [],
            "movements": read.MOVEMENTS,
            "periods": periods([f"2025-0{month}-01" for month in (1, 2, 3)], 1),
        }
        found = between_ends(read.Marts(connection), header, {"a": 0})
    quarter = [each["key"] for each in header["periods"]].index("2025-Q1")
    sums = {read.MOVEMENTS[kind]: cents for at, _, kind, cents in found["sums"] if at == quarter}
    assert sums == {kind: amount * 100 for kind, amount in expected.items()}
    assert found["drivers"] is None


@in_a_browser
@pytest.mark.parametrize("chosen", [{}, {"segment": "SMB"}], ids=["all", "SMB"])
@pytest.mark.parametrize("cohort_period", ["month", "quarter", "year"])
@pytest.mark.parametrize("measure", ["net", "gross", "logo"])
def test_the_heatmap_of_cohorts_is_the_mart(
    measure: str, cohort_period: str, chosen: dict, pages: Path, browser: Any, sample_database: Path
) -> None:
    mart, month = (
        ("rpt_cohort_retention_monthly", "cohort_month")
        if cohort_period == "month"
        else ("rpt_cohort_retention_by_period", "cohort_period_month")
    )
    of_period = "" if cohort_period == "month" else f" and cohort_period = '{cohort_period}'"
    ((kind, value),) = chosen.items() or [("all", "all")]
    chosen_rows = (
        f"segment_type = '{kind}' and segment_value = '{value}'"
        " and age_months % 3 = 0 and cohort_customers >= 5"
    )
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        rates = [
            rate
            for (rate,) in connection.execute(
                f"select rate from (select null as cohort, age_months, {measure}_retention as rate"
                f" from marts.rpt_cohort_retention_average where {chosen_rows} union all"
                f" select {month}, age_months, {measure}_retention from marts.{mart}"
                f" where {chosen_rows}{of_period}) as rows order by cohort nulls first, age_months"
            ).fetchall()
        ]
    state = f"choose.cohort_period={cohort_period}&measure={measure}_retention&{_hash(chosen)}"
    opened = Opened(browser, pages, f"cohorts#{state}", 1440, "light")
    cells = opened.page.locator(".chart svg .mark-text.role-mark text").all_text_contents()
    assert len(rates) >= 10
    assert cells == [f"{math.floor(rate * 100 + 0.5)}" for rate in rates]
    opened.page.click("summary")
    column = 3 + ["net", "gross", "logo"].index(measure)
    written = opened.texts(f"details tbody td:nth-child({column})")
    # halves are rounded up, as in every cell of a page
    assert written == [f"{math.floor(rate * 1000 + 0.5 + 1e-9) / 10:.1f} %" for rate in rates]


@in_a_browser
@pytest.mark.parametrize(
    ("name", "chart", "mark", "said"),
    [
        ("retention", 0, ".chart svg", r"(?s)^\w+ 20\d\d\nNDR: [\d.]+ %\nGRR: .*Customers: \d+$"),
        ("index", 0, ".role-mark text >> nth=1", r"^New\nARR change: \+\$[\d,]+\nPeriod: .*$"),
        ("index", 1, ".chart svg", r"^[A-Z][a-z]+ 20\d\d\nARR: \$[\d,]+\nCustomers: \d+$"),
        ("cohorts", 0, ".role-mark text", r"(?s)^All cohorts\n.*: 0\nNet: 100.0 %.*: \d+$"),
        ("renewals", 0, ".mark-rect path", r"(?s)^.*\nUp for renewal: \$[\d,]+\n.*Terms: \d+$"),
        ("renewals", 1, ".chart svg", r"(?s)^[A-Z][a-z]+ 20\d\d\nNDR expected: [\d.]+ %\n.*$"),
        ("growth", 0, ".mark-rect path", r"(?s)^.*\nExpansion: \$[\d,]+\n.*$"),
        ("customer#c=3", 0, ".chart svg", r"^[A-Z][a-z]+ 20\d\d\nARR: \$[\d,]+$"),
    ],
)  # fmt: skip
def test_under_the_pointer_a_chart_says_what_its_table_says(
    name: str, chart: int, mark: str, said: str, pages: Path, browser: Any
) -> None:
    opened = Opened(browser, pages, name, 1440, "light")
    place = opened.page.locator(".chart").nth(chart)
    pointed = place.locator(mark.removeprefix(".chart ")).first
    pointed.scroll_into_view_if_needed()
    pointed.hover()
    tip = opened.page.locator(".tip")
    tip.wait_for(state="visible")
    text = tip.inner_text().replace("\u00a0", " ")
    assert re.search(said, text), text
    # each value stands in the table beneath too
    place.locator("xpath=following-sibling::details[1]/summary").click()
    table = place.locator("xpath=following-sibling::details[1]").inner_text()
    values = [line.split(": ", 1)[1] for line in text.splitlines()[1:] if "Period" not in line]
    for value in values:
        assert value.lstrip("+") in table.replace("\u00a0", " "), value
    opened.page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert opened.wrong == []


@in_a_browser
def test_a_customer_is_found_by_name_and_shows_its_lines(
    sample_database: Path, pages: Path, browser: Any
) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        name, line = connection.execute(
            "select customer_name, max(line_id) from marts.dim_customers"
            " inner join marts.fct_arr_postings using (customer_id)"
            " group by customer_name order by count(*) desc, customer_name limit 1"
        ).fetchone()
    opened = Opened(browser, pages, "customer", 1440, "light")
    opened.page.fill("#search", name)
    opened.page.locator(".customers a").first.click()
    opened.page.wait_for_selector("h2:has-text('Contract lines')")
    assert opened.page.locator("h1").inner_text() == name
    assert line in opened.page.locator("main").inner_text()
    assert opened.wrong == []


@in_a_browser
def test_names_are_text_in_a_page_and_in_a_single_file(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    changed = copied(sample_database, tmp_path)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(f"update marts.dim_customers set customer_name = '{HOSTILE}'")
    for single_file in (False, True):
        out = tmp_path / f"pages_{single_file}"
        render(changed, out, single_file=single_file)
        assert (out / "assets").is_dir() is not single_file
        for name in ("index", "growth", "bridge", "customer#c=0"):
            opened = Opened(browser, out, name, 1440, "light")
            assert opened.wrong == []
            assert HOSTILE in opened.page.locator("body").inner_text(), name


@in_a_browser
def test_names_that_are_long_or_turn_the_text_round_move_nothing(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    changed = copied(sample_database, tmp_path)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(
            "update marts.dim_customers set customer_name = repeat('Unbroken', 30) || chr(8238)"
        )
    render(changed, tmp_path / "out")
    for name in ("index", "bridge", "renewals", "customer", "customer#c=0"):
        opened = Opened(browser, tmp_path / "out", name, 390, "light")
        assert opened.wrong == []
        assert opened.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    (moved,) = Opened(browser, tmp_path / "out", "index", 390, "light").texts(".moved")
    assert "Unbroken" in moved
    assert "\u202e" not in moved


@in_a_browser
def test_a_balance_below_zero_has_its_sign_and_one_of_zero_is_a_sentence(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    shown = {}
    for factor in (-10_000, 0):
        folder = tmp_path / f"of {factor}"
        folder.mkdir()
        changed = copied(sample_database, folder)
        with duckdb.connect(str(changed)) as connection:
            connection.execute(
                f"update marts.fct_arr_by_segments_monthly set arr = {factor} * arr;"
                "update marts.fct_arr_movements_by_segments_monthly"
                f" set arr_change = {factor} * arr_change;"
                "delete from marts.rpt_projected_retention_monthly"
                " where date_month > date '2026-07-01'"
            )
        render(changed, tmp_path / f"{factor}")
        opened = Opened(browser, tmp_path / f"{factor}", "index", 390, "light")
        assert opened.wrong == []
        shown[factor] = opened
        renewals = Opened(browser, tmp_path / f"{factor}", "renewals", 390, "light")
        assert renewals.wrong == []
        assert any(
            "A line needs two months with a rate" in each for each in renewals.texts(".empty")
        )
    texts = shown[-10_000].page.locator(".chart svg text").all_text_contents()
    assert [each for each in texts if each.startswith("\u2212$")]
    assert any(each.endswith("\u00a0bn") for each in texts)
    assert not [each for each in texts if "$\u2212" in each or "$-" in each]
    # the label of a balance stands beside its bar, not on it
    beside = shown[-10_000].page.evaluate(
        "(() => { const chart = document.querySelector('.chart svg');"
        " const right = Math.max(...[...chart.querySelectorAll('.mark-rect path')]"
        "  .filter(bar => bar.getAttribute('fill') !== 'transparent')"
        "  .map(bar => bar.getBoundingClientRect().right));"
        " const label = [...chart.querySelectorAll('.mark-text text')].pop();"
        " return [right, label.getBoundingClientRect().left] })()"
    )
    assert beside[0] <= beside[1]
    assert any("No customer had ARR at the beginning" in each for each in shown[0].texts(".empty"))


@in_a_browser
def test_small_changes_of_a_large_company_keep_their_digits(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    changed = copied(sample_database, tmp_path)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(
            "update marts.fct_arr_movements_by_segments_monthly set arr_change = 10000 * arr_change"
            " where date_month ="
            " (select min(date_month) from marts.fct_arr_movements_by_segments_monthly)"
        )
    render(changed, tmp_path / "out")
    opened = Opened(browser, tmp_path / "out", "index", 1280, "light")
    assert opened.wrong == []
    texts = opened.page.locator(".chart svg").first.locator("text").all_text_contents()
    labels = [each for each in texts if re.match("[+\u2212]", each)]
    assert labels
    assert all(each.endswith("\u00a0m") for each in labels)
    assert any(re.search("[1-9]", each) for each in labels)
    assert any(re.match(r"\$\d+,\d{3}\.\d\d\u00a0m$", each) for each in texts)


@in_a_browser
def test_a_long_value_of_a_segment_does_not_widen_a_phone(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    changed = copied(sample_database, tmp_path)
    with duckdb.connect(str(changed)) as connection:
        for mart in ("retention", "arr", "arr_movements"):
            connection.execute(
                f"update marts.fct_{mart}_by_segments_monthly"
                " set industry = repeat('Words of a value ', 12) || industry"
            )
    render(changed, tmp_path / "out")
    opened = Opened(browser, tmp_path / "out", "index", 390, "light")
    assert opened.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@in_a_browser
def test_boards_of_one_customer_name_the_release_that_is_served(
    published_place: Any, tmp_path: Path, browser: Any
) -> None:
    served = published_place.out / "arr_ledger.duckdb"
    arguments = ["board", "--out", f"{tmp_path}/out", "--database", f"{served}"]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    for name in ("index", "retention", "renewals", "growth", "trust", "customer"):
        opened = Opened(browser, tmp_path / "out", name, 390, "light")
        assert opened.wrong == []
        facts = opened.page.locator(".facts").inner_text()
        assert re.search(r"release 1 .* [1-9][0-9]* tests passed · 0 rows in quarantine", facts)
        if name == "retention":
            # one customer is too few for a line, and grey in the table
            assert opened.page.locator(".chart").count() == 0
            assert (
                "No month has 5 customers in its base" in opened.page.locator(".empty").inner_text()
            )
            assert opened.texts("tbody .quiet")[:3] == ["125.0 %", "100.0 %", "100.0 %"]
            strict = opened.page.locator("section", has_text="Strict rates").last
            assert strict.locator("tbody .quiet").count() == 5


@in_a_browser
def test_a_young_company_reads_months_on_its_axis_and_no_line_of_one_month(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    changed = copied(sample_database, tmp_path)
    firsts = {
        "rpt_arr_bridge_monthly": "2026-02-01",
        "fct_arr_movement_drivers": "2026-02-01",
        "fct_retention_by_segments_monthly": "2026-06-01",
    }
    with duckdb.connect(str(changed)) as connection:
        for mart, first in firsts.items():
            connection.execute(f"delete from marts.{mart} where date_month < date '{first}'")
        connection.execute("alter view marts.fct_arr_movements rename to all_movements")
        connection.execute(
            "create view marts.fct_arr_movements as"
            " from marts.all_movements where date_month >= date '2026-02-01'"
        )
    render(changed, tmp_path / "out")
    overview = Opened(browser, tmp_path / "out", "index", 1400, "light")
    assert overview.wrong == []
    labels = overview.page.locator(".chart").last.locator("svg text").all_text_contents()
    assert "Feb 2026" in labels
    retention = Opened(browser, tmp_path / "out", "retention", 390, "light")
    assert retention.wrong == []
    assert retention.page.locator(".chart").count() == 0
    assert retention.texts(".empty")[0].startswith("A line needs two months with a rate.")


@in_a_browser
def test_a_page_is_printed_dark_on_white_from_a_dark_screen(pages: Path, browser: Any) -> None:
    opened = Opened(browser, pages, "retention", 1000, "dark")
    opened.page.emulate_media(media="print")
    colours = opened.page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " ...new Set([...document.querySelectorAll('.chart svg text')]"
        "  .map(text => getComputedStyle(text).fill))]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(17, 24, 39)"]


def test_boards_of_a_release_are_in_its_currency_and_no_other(
    published_place: Any, tmp_path: Path
) -> None:
    served = copied(published_place.out / "arr_ledger.duckdb", tmp_path)
    with duckdb.connect(str(served)) as connection:
        connection.execute("update marts._release set reporting_currency = 'EUR'")
    arguments = ["board", "--out", f"{tmp_path}/out", "--database", f"{served}"]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert '"currency":"EUR","symbol":"€"' in (tmp_path / "out/data/common.js").read_text()
    other = [*arguments, "--vars", "{reporting_currency: GBP}"]
    done = CliRunner().invoke(cli, other, catch_exceptions=False)
    assert done.exit_code == 1
    said = "--vars: reporting_currency is GBP, and the amounts of "
    assert f"{said}{served} are in EUR; leave it out." in done.output


@in_a_browser
def test_of_a_company_of_too_many_customers_the_pages_say_so_and_list_none(
    sample_database: Path, tmp_path: Path, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("arr_ledger.board.render"), "MOST_CUSTOMERS", 100)
    render(sample_database, tmp_path / "out")
    assert not (tmp_path / "out" / "data" / "customers").exists()
    for name in ("bridge", "customer"):
        opened = Opened(browser, tmp_path / "out", name, 390, "light")
        assert opened.wrong == []
        (said,) = (each for each in opened.texts(".note") if "hold at most 100" in each)
        assert "Single customers are not on these pages" in said
        assert opened.texts("table caption") == []


def test_a_company_without_segment_columns_has_one_set_of_them() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for mart, columns in {
            "fct_retention_by_segments_monthly": "12 as window_months, 10.00 as base_arr, 9.00 as"
            " net_retained_arr, 8.00 as gross_retained_arr, 2 as base_customers,"
            " 1 as retained_customers",
            "fct_arr_by_segments_monthly": "9.00 as arr, 1 as customers",
            "fct_arr_movements_by_segments_monthly": "'churn' as movement_type,"
            " -1.00 as arr_change, -1 as customers_change",
        }.items():
            connection.execute(
                f"create table marts.{mart} as select date '2025-06-01' as date_month, {columns}"
            )
        found = read.cubes(read.Marts(connection))
    assert (found["columns"], found["sets"]) == ([], [()])
    assert found["retention"] == [["2025-06-01", 0, 1000, 900, 800, 2, 1]]
    assert found["arr"] == [["2025-06-01", 0, 900, 1]]
    assert found["changes"] == [["2025-06-01", 0, "churn", -100, -1]]


def test_a_board_of_your_own_stands_beside_ours(sample_database: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "finance.yml").write_text(
        "title: Finance\nquestion: How many products are there?\nsections:\n"
        "  - title: Products\n    query: select count(*) as products from marts.dim_products\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(
        cli,
        [
            "board",
            "--out",
            f"{tmp_path}/out",
            "--own-boards",
            f"{own}",
            "--database",
            f"{sample_database}",
        ],
        catch_exceptions=False,
    )
    assert "9 pages" in done.output
    data = (tmp_path / "out" / "data" / "board_finance.js").read_text(encoding="utf-8")
    section = json.loads(data.split(").board = ", 1)[1].rstrip(";\n"))["sections"][0]
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        assert section["rows"] == [
            list(connection.execute("select count(*) from marts.dim_products").fetchone())
        ]
    assert '<a href="finance.html">Finance</a>' in (tmp_path / "out" / "index.html").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "own.yml: is not YAML"),
        ("title: A\n", "own.yml: needs title, question and a list of sections."),
        ("title: A\nsections: []\ncolour: red\n", "own.yml: the board: colour is not known"),
        ("title: A\nsections: [{title: B}]\n", "own.yml: section 1 needs either data or query."),
        ("title: A\nsections: [{data: pie}]\n", "own.yml: section 1: data is one of tiles"),
        (
            "title: A\nsections: [{query: select 1, chart: pie}]\n",
            "own.yml: section 1: there is no chart pie.vl.json beside it.",
        ),
        (
            "title: A\nsections: [{title: B, query: select nothing}]\n",
            "own.yml: B: the query fails: Binder Error",
        ),
    ],
)
def test_a_declared_board_that_cannot_be_used_is_refused_by_file_and_section(
    text: str, said: str, sample_database: Path, tmp_path: Path
) -> None:
    own, out = tmp_path / "own", tmp_path / "out"
    own.mkdir()
    (own / "own.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError, match=re.escape(said)):
        render(sample_database, out, own=own)
    assert not out.exists()


def test_marts_that_are_off_are_named_where_they_are_missing(
    sample_database: Path, tmp_path: Path
) -> None:
    changed = copied(sample_database, tmp_path)
    with duckdb.connect(str(changed)) as connection:
        for mart in ("rpt_whitespace", "fct_renewals", "rpt_benchmark_comparison"):
            connection.execute(f"drop table marts.{mart}")
    render(changed, tmp_path / "out")
    data = (tmp_path / "out" / "data" / "board_growth.js").read_text(encoding="utf-8")
    sections = json.loads(data.split(").board = ", 1)[1].rstrip(";\n"))["sections"]
    (section,) = (section for section in sections if section["missing"])
    assert section["missing"] == ["rpt_whitespace"]
    assert needed_by(["rpt_key_accounts", "rpt_book_bridge_monthly", "rpt_whitespace"]) == [OWNERS]


def test_a_folder_with_other_files_is_left_alone(sample_database: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(RefusedError, match="holds other files; name a new or an empty folder"):
        render(sample_database, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["letter.txt"]


def test_every_mart_that_a_board_declares_exists(sample_database: Path) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        there = {
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
        }
    for board in boards():
        for section in board.sections:
            named = {
                *section.get("marts", []),
                *re.findall(r"marts\.(\w+)", section.get("query", "")),
            }
            assert named, f"{board.name}: {section.get('title')}"
            assert named <= there, board.name
