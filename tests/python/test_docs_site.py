"""`make docs`: a site that opens from disk, whose links hold and that asks no other host."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from browser import CHROMIUM, in_a_browser

from tools.docs.__main__ import build

PROJECT = Path(__file__).resolve().parents[2]
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href"}


class Page(HTMLParser):
    """The addresses that a page loads and leads to, and the places in it that have a name."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if name := given.get("id"):
            self.names.add(name)
        if address := given.get(LOADED.get(tag, "")):
            self.loaded.append(address)
        if tag == "a" and (address := given.get("href")):
            self.links.append(address)


@pytest.fixture(scope="module")
def site(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    build(sample_database.parent / "target", folder)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {file: Page(file) for file in site.rglob("*.html") if file.name != "dbt.html"}


def test_no_page_loads_anything_from_another_host(pages: dict[Path, Page]) -> None:
    foreign = [
        (file.name, address)
        for file, page in pages.items()
        for address in page.loaded
        if urlsplit(address).netloc
    ]
    assert foreign == []


def test_every_link_inside_the_site_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for file, page in pages.items():
        if file.name == "404.html":
            # its addresses hold on a server alone
            continue
        for address in page.loaded + page.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if target == site / "dbt.html":
                # the page of dbt, which make docs lays there
                continue
            named = not parts.fragment or parts.fragment.startswith("__")
            if not target.exists() or (
                target in pages and not named and parts.fragment not in pages[target].names
            ):
                broken.append((file.relative_to(site).as_posix(), address))
    assert broken == []


def test_every_mart_has_a_page_with_its_columns_and_extracts(
    sample_database: Path, site: Path
) -> None:
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    marts = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    assert {page.stem for page in (site / "marts").glob("*.html")} - {"index"} == set(marts)
    for name, node in marts.items():
        text = (site / "marts" / f"{name}.html").read_text(encoding="utf-8")
        assert [each for each in node["columns"] if f"<code>{each}</code>" not in text] == []
    text = (site / "marts" / "rpt_ndr_grr_monthly.html").read_text(encoding="utf-8")
    assert "<code>subscription_line" in text or "<code>subscription_item" in text


def test_the_policy_page_has_every_variable_with_its_default(site: Path) -> None:
    text = (site / "policy.html").read_text(encoding="utf-8")
    variables = yaml.safe_load((PROJECT / "vars.yml").read_text(encoding="utf-8"))["vars"]
    assert len(variables) > 20
    assert [name for name in variables if f'<h3 id="{name}">' not in text] == []


@in_a_browser
def test_a_search_for_ndr_from_disk_finds_the_glossary_first(site: Path) -> None:
    from playwright.sync_api import sync_playwright

    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if urlsplit(request.url).scheme in ("file", "data", "blob", "about")
                else wrong.append(request.url)
            ),
        )
        page.goto(f"file://{site}/index.html")
        page.wait_for_load_state("load")
        page.click(".md-search__input")
        page.keyboard.type("NDR")
        page.wait_for_selector(".md-search-result__item a", timeout=30_000)
        found = page.locator(".md-search-result__item a").first.get_attribute("href")
    assert "glossary/metrics.html" in (found or "")
    assert wrong == []
