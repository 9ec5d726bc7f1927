"""Data Docs that read without a network: the library's pages with one small stylesheet inside.

The pages as shipped fetch styles, fonts and scripts from other hosts; a published folder may stand
where there are none.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

TAKEN_OUT = re.compile(
    r"<script\b.*?</script>|<style\b.*?</style>|<nav\b.*?</nav>|<footer\b.*?</footer>"
    r"|<link\b[^>]*>|<img\b[^>]*>|<title>.*?</title>|<!--.*?-->|Data asset: None\s*<br>",
    re.DOTALL | re.IGNORECASE,
)
EVENTS = re.compile(r"\s(?:on\w+|data-toggle)=\"[^\"]*\"")
LINKS_OUT = re.compile(r"<a\b[^>]*href=\"(?!#)[^\"]*\"[^>]*>(.*?)</a>", re.DOTALL)
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; max-width: 1100px;
  margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h5, h6 { font-size: 1.05em; margin: 1.2em 0 .3em; }
table { border-collapse: collapse; width: 100%; margin: .3em 0 1em; }
td, th { border-bottom: 1px solid #d8dee4; padding: .35em .6em; text-align: left;
  vertical-align: top; }
th:first-child, td:first-child { width: 6em; } tr table { width: auto; }
.badge { background: #eef1f4; border-radius: 4px; padding: 0 .3em; }
.text-success { color: #176f2c; } .text-danger { color: #b3261e; }
.fa-check-circle::before { content: "holds"; } .fa-times::before { content: "broken"; }
i { font-style: normal; }
.collapse, a[aria-controls], .col-lg-2, .ge-navigation-sidebar-container, .btn-group {
  display: none; }
@media (prefers-color-scheme: dark) { body { background: #14171a; color: #e6e8ea; }
  td, th { border-color: #3a4047; } .badge { background: #2a3036; }
  .text-success { color: #6fd08c; } .text-danger { color: #ff8a80; } a { color: #8ab4f8; } }
"""


@cache
def _view() -> DefaultJinjaPageView:
    """One view for all pages: its templates are compiled once."""
    view = DefaultJinjaPageView()
    # a template that includes others names them by itself, at every use
    view.env.get_template = cache(view.env.get_template)
    return view


def write_page(result: ExpectationSuiteValidationResult, title: str, page: Path) -> None:
    """The page of one suite, and beside it its counts for the index."""
    rendered = _view().render(ValidationResultsPageRenderer().render(result))
    body = re.search(r"<body\b[^>]*>(.*)</body>", TAKEN_OUT.sub("", rendered), re.DOTALL)
    if body is None:
        raise ValueError("a page of Data Docs has no body")
    text = LINKS_OUT.sub(r"\1", EVENTS.sub("", body[1]))
    heading = f'<p><a href="../index.html">All tables</a></p>\n<h1>{html.escape(title)}</h1>'
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_document(title, f"{heading}\n{_without_blank_lines(text)}"), encoding="utf-8")
    counts = {
        "statements": len(result.results),
        "broken": sum(1 for each in result.results if not each.success),
    }
    page.with_suffix(".json").write_text(json.dumps(counts), encoding="utf-8")


def write_index(folder: Path) -> None:
    """One page with a row per suite of every audit in the folder."""
    rows = []
    for path in sorted(folder.glob("*/*.json"), key=lambda path: (path.parent.name, path.stem)):
        counts = json.loads(path.read_text(encoding="utf-8"))
        verdict = (
            f'<td class="text-danger">{counts["broken"]} broken</td>'
            if counts["broken"]
            else '<td class="text-success">holds</td>'
        )
        link = html.escape(f"{path.parent.name}/{path.stem}.html")
        name = html.escape(path.stem)
        rows.append(
            f"<tr>{verdict}<td>{path.parent.name}</td>"
            f'<td><a href="{link}">{name}</a></td><td>{counts["statements"]}</td></tr>'
        )
    head = "<tr><th>Verdict</th><th>Border</th><th>Table</th><th>Statements</th></tr>"
    body = f"<h1>Audit of a release</h1>\n<table>\n{head}\n" + "\n".join(rows) + "\n</table>"
    (folder / "index.html").write_text(_document("Audit of a release", body), encoding="utf-8")


def _document(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="UTF-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _without_blank_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())
