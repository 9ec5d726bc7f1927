"""Write the boards of one database file as pages that open without a server or a network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from arr_ledger.board import read
from arr_ledger.board.declared import Board, boards
from arr_ledger.board.periods import between_ends, periods
from arr_ledger.coverage import needed_by
from arr_ledger.landing.declared import default_variables
from arr_ledger.marts_file import marts_of, reporting_currency
from arr_ledger.problems import RefusedError, counted

PAGE = Path(__file__).parent / "page"
# says that a folder holds boards, and so may be replaced
MARK = "arr_ledger_boards.json"
CUSTOMERS_PER_FILE = 100
# currencies that have a sign of their own; others go by their code
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
# of single customers a page holds rows; 1.6 MB and 0.5 s of CPU for every thousand
MOST_CUSTOMERS = 50_000


class NoMonthError(RefusedError):
    """No month is published yet, so there is nothing to draw."""


def render(
    database: Path,
    out: Path,
    *,
    own: Path | None = None,
    release: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
    single_file: bool = False,
) -> list[Path]:
    """The pages written to the folder ``out``, one per board, index.html first.

    A folder that holds anything else is left alone. Raises RefusedError where the marts, a declared
    board or the folder cannot be used; ``out`` is then as it was.
    """
    chosen = boards(own)
    _check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    written = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write(written, database, chosen, release, variables or {}, single_file)
        if out.exists():
            shutil.rmtree(out)
        written.chmod(0o755)
        written.rename(out)
    finally:
        shutil.rmtree(written, ignore_errors=True)
    names = ["index.html", *(f"{board.name}.html" for board in chosen[1:])]
    return [out / name for name in names]


def _check_out(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise RefusedError(f"{out}: holds other files; name a new or an empty folder.")
    if out.exists() and not out.is_dir():
        raise RefusedError(f"{out}: is a file; name a folder.")


def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed, as the installed package carries them."""
    try:
        import vl_convert
    except ImportError:
        raise RefusedError(
            "boards need the package vl-convert-python: install arr-ledger[board]."
        ) from None
    return vl_convert.javascript_bundle()


def _write(
    folder: Path,
    database: Path,
    chosen: list[Board],
    release: dict[str, Any] | None,
    variables: dict[str, Any],
    single_file: bool,
) -> None:
    header, scripts, sections, customers = _read(database, chosen, release, variables)
    assets = {
        "assets/vega.js": _bundle(),
        "assets/board.js": (PAGE / "board.js").read_text(encoding="utf-8"),
        "assets/board.css": (PAGE / "board.css").read_text(encoding="utf-8"),
    }
    for number, board in enumerate(chosen):
        data = {"name": board.name, "sections": sections[board.name]}
        used = ["data/common.js", *_data_files(board), f"data/board_{board.name}.js"]
        scripts[used[-1]] = _assigned("board", data)
        name = "index.html" if number == 0 else f"{board.name}.html"
        page = _page(board, chosen, header, assets, scripts, used, customers, single_file)
        (folder / name).write_text(page, encoding="utf-8")
    if not single_file:
        for start in range(0, len(customers), CUSTOMERS_PER_FILE):
            part = customers[start : start + CUSTOMERS_PER_FILE]
            file = f"{header['customer_files']}/{start // CUSTOMERS_PER_FILE}.js"
            scripts[file] = _assigned("customerPages", part)
        for file, text in (assets | scripts).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    (folder / MARK).write_text(json.dumps({"release": header["release"]}) + "\n", encoding="utf-8")


def _data_files(board: Board) -> list[str]:
    summed = {section.get("data") for section in board.sections}
    # the bridge of one month is in the movements already
    longer = any(
        section.get("data") in ("bridge", "drivers") and section.get("period") != "month"
        for section in board.sections
    )
    return [
        *(["data/movements.js"] if summed & {"bridge", "customer"} else []),
        *(["data/periods.js"] if longer else []),
    ]


def _read(
    database: Path,
    chosen: list[Board],
    release: dict[str, Any] | None,
    variables: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, str], dict[str, list], list[dict]]:
    with marts_of(database, RefusedError) as connection:
        marts = read.Marts(connection)
        policy = default_variables() | (release or {}).get("variables", {}) | variables
        currency = reporting_currency(connection) or policy["reporting_currency"]
        if variables.get("reporting_currency", currency) != currency:
            raise RefusedError(
                f"--vars: reporting_currency is {variables['reporting_currency']}, and the amounts"
                f" of {database} are in {currency}; leave it out."
            )
        number = read.customers_in(marts)
        is_listed = number <= MOST_CUSTOMERS
        header = read.header(marts) | {
            "customers": number,
            "most_customers": MOST_CUSTOMERS,
            "release": release,
            "currency": currency,
            "symbol": SYMBOLS.get(currency, f"{currency}\u00a0"),
            "low_base": policy["min_base_logos"],
            "customers_per_file": CUSTOMERS_PER_FILE,
            # a page that stays open while a release is published finds no rows of another
            "customer_files": "data/customers/" + (release or {}).get("release_id", "build"),
            "benchmarks": read.benchmarks(marts),
        }
        if not header["months"]:
            raise NoMonthError(
                f"{database}: has no published month yet, so there is nothing to show;"
                " check as_of_date."
            )
        header["periods"] = periods(header["months"], policy["fiscal_year_start_month"])
        moved = read.customers(marts, header) if is_listed else read.NO_CUSTOMERS
        numbers = {customer: at for at, (customer, _) in enumerate(moved["customers"])}
        scripts = {
            "data/movements.js": _assigned("movements", moved),
            "data/periods.js": _assigned("longer", between_ends(marts, header, numbers)),
            "data/common.js": _assigned("header", header) + _assigned("cubes", read.cubes(marts)),
        }
        sections = {
            board.name: [_section(marts, board, section) for section in board.sections]
            for board in chosen
        }
        customers = read.customer_pages(marts) if is_listed else []
    _explain(database, header, chosen, sections)
    return header, scripts, sections, customers


def _section(marts: read.Marts, board: Board, section: dict[str, Any]) -> dict[str, Any]:
    shown = {
        name: section[name]
        for name in (
            *("title", "definition", "data", "columns", "spec", "empty", "choose", "note"),
            *("by_segment", "period", "measures"),
        )
        if section.get(name) is not None
    }
    if "query" not in section:
        return shown
    rows = read.section_rows(marts, section, f"{board.file}: {section.get('title', 'a section')}")
    return shown | {
        "columns_of": rows["columns"],
        "rows": rows["rows"],
        "missing": rows["missing"],
        **({"needs": needs} if (needs := needed_by(rows["missing"])) else {}),
    }


def _explain(
    database: Path, header: dict[str, Any], chosen: list[Board], sections: dict[str, list]
) -> None:
    """Puts the sentence of `arr-ledger explain` into the sections that ask for it."""
    from arr_ledger import explain as explaining

    months = header["months"]
    told: dict[str, str | None] = {}
    for board in chosen:
        for declared, shown in zip(board.sections, sections[board.name], strict=True):
            metric = declared.get("explain")
            if not metric or len(months) < 2:
                continue
            if metric not in told:
                told[metric] = _sentence(
                    explaining, database, months[-1][:7], metric, header["symbol"]
                )
            if told[metric]:
                shown["moved"] = told[metric]


def _sentence(explaining: Any, database: Path, month: str, metric: str, symbol: str) -> str | None:
    try:
        answer = explaining.answer(
            database,
            month=month,
            metric=metric,
            window=read.WINDOW,
            segment=None,
            segment_type="segment",
            top=1,
        )
    except RefusedError:
        # no base a year ago: there is nothing to explain yet
        return None
    sentence = explaining.sentence(answer, symbol)
    # a name may not turn the rest of the sentence round
    sentence = re.sub("[\u202a-\u202e\u2066-\u2069]", "", sentence)
    # a line may not break between sign and symbol
    joined = re.sub(rf"(?<= )-(?={re.escape(symbol)})", "\u2212\u2060", sentence)
    return re.sub(r"(?<= )-(?=\d)", "\u2212", joined)


def _assigned(name: str, value: Any) -> str:
    """A script that sets one value; no text in it can end a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escaped in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(character, escaped)
    return f"(window.arrLedger = window.arrLedger || {{}}).{name} = {text};\n"


def _facts(header: dict[str, Any]) -> str:
    release = header["release"]
    last = date.fromisoformat(header["months"][-1])
    parts = [f"Last published month {last:%B %Y}"]
    if release:
        parts += [
            f"as of {release['as_of_date']}",
            f"release {release['number']} ({release['release_id'][:15]})",
            f"{counted(release['tests_run'], 'test')} passed",
            f"{counted(release['quarantined_rows'], 'row')} in quarantine",
        ]
    else:
        parts.append("not a published release")
    return " · ".join([*parts, f"amounts in {header['currency']}"])


def _page(
    board: Board,
    chosen: list[Board],
    header: dict[str, Any],
    assets: dict[str, str],
    scripts: dict[str, str],
    used: list[str],
    customers: list[dict],
    single_file: bool,
) -> str:
    files = ["assets/vega.js", *used, "assets/board.js"]
    if single_file:
        texts = [assets.get(file) or scripts[file] for file in files]
        if board.name == "customer":
            texts.insert(-1, _assigned("customerPages", customers))
        texts = [text.replace("</script", "<\\/script") for text in texts]
        allowed = " ".join(f"'sha256-{_hash(text)}'" for text in texts)
        style = assets["assets/board.css"]
        policy = f"script-src {allowed}; style-src 'sha256-{_hash(style)}'"
        head = f"<style>{style}</style>"
        body = "\n".join(f"<script>{text}</script>" for text in texts)
    else:
        policy = "script-src 'self'; style-src 'self'"
        head = '<link rel="stylesheet" href="assets/board.css">'
        body = "\n".join(f'<script src="{html.escape(file)}"></script>' for file in files)
    policy = f"default-src 'none'; {policy}; img-src data:; base-uri 'none'; form-action 'none'"
    links = "\n".join(
        _link(each, is_first=number == 0, is_current=each is board)
        for number, each in enumerate(chosen)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(board.title)}</title>
{head}
</head>
<body>
<header>
<nav aria-label="Boards">
{links}
</nav>
<h1>{html.escape(board.title)}</h1>
<p>{html.escape(board.question)}</p>
<p class="facts">{html.escape(_facts(header))}</p>
<div class="filters" role="group" aria-label="Filters"></div>
</header>
<main></main>
{body}
</body>
</html>
"""


def _link(board: Board, *, is_first: bool, is_current: bool) -> str:
    file = "index.html" if is_first else f"{html.escape(board.name)}.html"
    current = ' aria-current="page"' if is_current else ""
    return f'<a href="{file}"{current}>{html.escape(board.title)}</a>'


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
