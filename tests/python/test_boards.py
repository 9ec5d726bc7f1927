"""Boards in a real browser: every number a page prints is the number of the mart."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import CHROMIUM, in_a_browser
from click.testing import CliRunner

from arr_ledger.board import read, render
from arr_ledger.board.declared import boards
from arr_ledger.cli import cli
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


@in_a_browser
@pytest.mark.parametrize("period", ["last12", "2024", "2025-Q4", "2026-06"])
def test_the_bridge_of_a_period_and_its_customers_sum_to_the_mart(
    period: str, pages: Path, browser: Any, sample_database: Path
) -> None:
    dates = {
        "last12": ("2025-07-01", "2026-06-01"),
        "2024": ("2024-01-01", "2024-12-01"),
        "2025-Q4": ("2025-10-01", "2025-12-01"),
        "2026-06": ("2026-06-01", "2026-06-01"),
    }[period]
    key = f"{period}-01" if period == "2026-06" else period
    opened = Opened(browser, pages, f"bridge#period={key}", 1440, "light")
    steps = opened.page.locator(".steps button")
    assert steps.count() >= 3
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        for number in range(steps.count()):
            button = opened.page.locator(".steps button").nth(number)
            step = button.inner_text().split()[0].lower()
            if step in ("exchange", "opening", "transfer"):
                continue
            # by keyboard
            button.focus()
            opened.page.keyboard.press("Enter")
            opened.page.wait_for_selector("html[data-drawn]")
            total = opened.page.locator("section").first.locator("tbody tr").last.inner_text()
            (amount,) = connection.execute(
                f"select sum({step}_arr) from marts.rpt_arr_bridge_monthly"
                " where segment_type = 'all' and date_month between ? and ?",
                dates,
            ).fetchone()
            written = f"${abs(round(float(amount))):,}"
            sign = "+" if amount > 0 else "\u2212"
            assert total.split()[-1] == sign + written, step


@in_a_browser
def test_a_customer_is_found_by_name_and_shows_its_lines(pages: Path, browser: Any) -> None:
    opened = Opened(browser, pages, "customer", 1440, "light")
    opened.page.fill("#search", "Dapper Kestrel")
    opened.page.locator(".customers a").first.click()
    opened.page.wait_for_selector("h2:has-text('Contract lines')")
    assert opened.page.locator("h1").inner_text() == "Dapper Kestrel Works"
    assert "il_02127" in opened.page.locator("main").inner_text()
    assert opened.wrong == []


@in_a_browser
def test_names_are_text_in_a_page_and_in_a_single_file(
    sample_database: Path, tmp_path: Path, browser: Any
) -> None:
    changed = tmp_path / "arr_ledger.duckdb"
    shutil.copyfile(sample_database, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(f"update marts.dim_customers set customer_name = '{HOSTILE}'")
    for single_file in (False, True):
        out = tmp_path / f"pages_{single_file}"
        render(changed, out, single_file=single_file)
        assert (out / "assets").is_dir() is not single_file
        for name in ("index", "growth", "customer#c=0"):
            opened = Opened(browser, out, name, 1440, "light")
            assert opened.wrong == []
            assert HOSTILE in opened.page.locator("body").inner_text(), name


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
    changed = tmp_path / "arr_ledger.duckdb"
    shutil.copyfile(sample_database, changed)
    with duckdb.connect(str(changed)) as connection:
        for mart in ("rpt_whitespace", "fct_renewals", "rpt_benchmark_comparison"):
            connection.execute(f"drop table marts.{mart}")
    render(changed, tmp_path / "out")
    data = (tmp_path / "out" / "data" / "board_growth.js").read_text(encoding="utf-8")
    sections = json.loads(data.split(").board = ", 1)[1].rstrip(";\n"))["sections"]
    assert [section["missing"] for section in sections if section["missing"]] == [
        ["rpt_whitespace"]
    ]


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
