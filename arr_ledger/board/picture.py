"""A chart of the boards as one SVG file, from the same Vega-Lite spec, for the README and mails.

``python -m arr_ledger.board.picture --database arr_ledger.duckdb --out retention.svg``
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import duckdb

from arr_ledger.board import read
from arr_ledger.paths import PATH, WholePath

FOLDER = Path(__file__).parent
WIDTH = 800
RATES = f"""
    select date_month, ndr, grr, is_low_base from marts.rpt_ndr_grr_monthly
    where segment_type = 'all' and window_months = {read.WINDOW} and base_arr > 0
    order by date_month
"""


def retention_rows(marts: read.Marts) -> list[dict[str, Any]]:
    """NDR and GRR of the company by month as the chart takes them; a gap where the base is low."""
    rows = marts.rows(RATES)
    if not rows:
        raise click.ClickException(f"no NDR over {read.WINDOW} months is published yet.")
    return [
        {
            "month": month.isoformat(),
            "metric": metric,
            "rate": None if is_low else float(rate),
            "label": f"{metric} {rate * 100:.1f} %" if month == rows[-1][0] else None,
        }
        for month, ndr, grr, is_low in rows
        for metric, rate in (("NDR", ndr), ("GRR", grr))
    ]


def retention_svg(database: Path) -> str:
    """The chart of the board Retention, on white."""
    import vl_convert

    with duckdb.connect(str(database), read_only=True) as connection:
        marts = read.Marts(connection)
        rows = retention_rows(marts)
        bands = read.benchmarks(marts)
    band = next((each for each in bands if each["metric"] == "grr" and each["from"]), None)
    colours = _colours()
    text = (FOLDER / "charts" / "retention.vl.json").read_text(encoding="utf-8")
    spec = json.loads(re.sub(r"var\((--[a-z]+)\)", lambda found: colours[found[1]], text))
    # what a page shows under the pointer is not drawn
    layers = [each for each in spec["layer"] if "tooltip" not in each.get("encoding", {})]
    spec |= {
        "layer": layers,
        "width": WIDTH,
        "padding": 8,
        "background": colours["--paper"],
        "datasets": {"rows": rows},
        "params": [
            {"name": "from", "value": band["from"] if band else 1},
            {"name": "until", "value": band["until"] if band else 1},
        ],
        "config": {
            "view": {"stroke": None},
            "axis": {
                "title": None,
                "labelColor": colours["--quiet"],
                "gridColor": colours["--line"],
                "domainColor": colours["--line"],
                "tickColor": colours["--line"],
            },
        },
    }
    return vl_convert.vegalite_to_svg(spec)


def _colours() -> dict[str, str]:
    """The colours of the light pages, by the names that specs use."""
    light = (FOLDER / "page" / "board.css").read_text(encoding="utf-8").partition("@media")[0]
    return dict(re.findall(r"(--[a-z]+): (#[0-9a-f]{6})", light))


@click.command()
@click.option("--database", type=WholePath(exists=True), default="arr_ledger.duckdb")
@click.option("--out", type=PATH, default="docs/images/retention.svg")
def main(database: Path, out: Path) -> None:
    """Draw NDR and GRR of DATABASE as the boards draw them."""
    out.write_text(retention_svg(database), encoding="utf-8")
    click.echo(f"{out}: written")


if __name__ == "__main__":
    main()
