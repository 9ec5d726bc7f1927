"""Draw the ARR bridge of the last twelve published months as one SVG file.

``python -m arr_ledger.bridge_picture --database arr_ledger.duckdb --out bridge.svg``
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click
import duckdb

from arr_ledger.paths import PATH, WholePath

MONTHS = 12
WIDTH, HEIGHT, TOP, BOTTOM, LEFT = 860, 380, 70, 60, 20
COLOURS = {"balance": "#334155", "gain": "#15803d", "loss": "#b91c1c"}

QUERY = f"""
with months as (
    select * from marts.rpt_arr_bridge_monthly
    where segment_type = 'all'
    order by date_month desc
    limit {MONTHS}
)
select
    min(date_month), max(date_month),
    arg_min(beginning_arr, date_month),
    sum(new_arr), sum(reactivation_arr), sum(expansion_arr), sum(contraction_arr), sum(churn_arr),
    sum(opening_balance_arr + fx_arr + transfer_arr),
    arg_max(ending_arr, date_month)
from months
"""


@dataclass(frozen=True)
class Bar:
    """One bar of the bridge: from ``low`` to ``high`` in money, with the amount it stands for."""

    label: str
    low: Decimal
    high: Decimal
    amount: Decimal
    kind: str


def read_bars(database: Path) -> tuple[str, list[Bar]]:
    """Return the title and the bars; losses are negative amounts, as in the mart."""
    with duckdb.connect(str(database), read_only=True) as connection:
        row = connection.execute(QUERY).fetchone()
    if row is None or row[0] is None:
        raise click.ClickException(
            f"{database}: marts.rpt_arr_bridge_monthly is empty; run make build."
        )
    first, last, beginning, *changes, ending = row
    names = ["new", "reactivation", "expansion", "contraction", "churn", "other"]
    bars = [Bar("beginning", Decimal(0), beginning, beginning, "balance")]
    level = beginning
    for name, change in zip(names, changes, strict=True):
        if change == 0:
            continue
        kind = "gain" if change > 0 else "loss"
        bars.append(Bar(name, min(level, level + change), max(level, level + change), change, kind))
        level += change
    bars.append(Bar("ending", Decimal(0), ending, ending, "balance"))
    return f"ARR bridge, {first:%B %Y} to {last:%B %Y}", bars


def draw(title: str, bars: list[Bar]) -> str:
    """Return the SVG text: a waterfall with one labelled bar per movement."""
    top_amount = max(bar.high for bar in bars)
    step = (WIDTH - 2 * LEFT) / len(bars)
    room = HEIGHT - TOP - BOTTOM

    def y(amount: Decimal) -> float:
        return TOP + room * float(1 - amount / top_amount)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Helvetica, Arial, sans-serif" role="img">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="32" font-size="20" fill="#0f172a">{title}</text>',
    ]
    for position, bar in enumerate(bars):
        x = LEFT + position * step + step * 0.12
        middle = x + step * 0.38
        height = max(y(bar.low) - y(bar.high), 1.5)
        sign = "+" if bar.kind == "gain" else ""
        parts += [
            f'<rect x="{x:.1f}" y="{y(bar.high):.1f}" width="{step * 0.76:.1f}"'
            f' height="{height:.1f}" fill="{COLOURS[bar.kind]}"/>',
            f'<text x="{middle:.1f}" y="{y(bar.high) - 8:.1f}" font-size="14" text-anchor="middle"'
            f' fill="#0f172a">{sign}{bar.amount / 1_000_000:.2f} M</text>',
            f'<text x="{middle:.1f}" y="{HEIGHT - BOTTOM + 24}" font-size="14" text-anchor="middle"'
            f' fill="#475569">{bar.label}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


@click.command()
@click.option("--database", type=WholePath(exists=True), default="arr_ledger.duckdb")
@click.option("--out", type=PATH, default="docs/images/arr_bridge.svg")
def main(database: Path, out: Path) -> None:
    """Draw the bridge of the newest twelve months of DATABASE."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(draw(*read_bars(database)), encoding="utf-8")
    click.echo(f"{out}: written")


if __name__ == "__main__":
    main()
