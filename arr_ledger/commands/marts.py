"""arr-ledger summary, explain, export and close: the commands that read marts."""

from __future__ import annotations

from pathlib import Path

import click

from arr_ledger.commands.options import database_or_out, refusals_told
from arr_ledger.metric_names import METRICS
from arr_ledger.paths import FOLDER
from arr_ledger.problems import counted


@click.command("summary")
@database_or_out
def summary_command(database: Path) -> None:
    """Print the latest month (bridge, NDR, GRR, logo retention) and the marts without data."""
    from arr_ledger.summary import summary

    click.echo(summary(database))


@click.command("explain")
@click.option("--month", required=True, metavar="YYYY-MM", help="Month of the number.")
@click.option(
    "--metric",
    required=True,
    help=f"One of {', '.join(METRICS)}, or another name in use, such as arr or nrr.",
)
@click.option("--window", default=12, help="Months of a retention rate (default: 12).")
@click.option("--segment", help="Value of the segment (default: all customers).")
@click.option("--segment-type", default="segment", help="Segment column (default: segment).")
@click.option("--top", type=click.IntRange(min=1), help="Show this many customers (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with exact fractions.")
@database_or_out
def explain_command(database: Path, as_json: bool, **question: object) -> None:
    """Print the customers and contracts behind a number's change since the month before."""
    from arr_ledger import explain as explaining

    with refusals_told():
        answer = explaining.answer(database, **question)
    click.echo(explaining.as_json(answer) if as_json else explaining.as_text(answer))


@click.command("close")
@click.option("--month", required=True, metavar="YYYY-MM", help="Month to close.")
@click.option(
    "--closings",
    required=True,
    type=FOLDER,
    help="Extracts folder; the files go to its folder closings/, which arr-ledger land reads.",
)
@database_or_out
def close_command(month: str, closings: Path, database: Path) -> None:
    """Freeze a published month, so that later knowledge shows as restatements."""
    from arr_ledger.closing import close
    from arr_ledger.explain.question import parse_month

    if not closings.is_dir():
        raise click.ClickException(
            f"--closings {closings}: is not a folder; name the folder that holds your extracts."
        )
    with refusals_told():
        closing = close(database, parse_month(month), closings)
    click.echo(
        f"Closed {closing.month:%B %Y} at {closing.ending_arr:,.2f} ARR:"
        f" {counted(closing.lines, 'line')} of {counted(closing.customers, 'customer')}, in"
        f" {closing.folder}."
    )


@click.command("export")
@database_or_out
@click.option("--to", required=True, type=FOLDER, help="Folder that gets <mart>.csv.")
@click.option("--mart", "marts", multiple=True, help="Only this mart; may be repeated.")
def export_command(database: Path, to: Path, marts: tuple[str, ...]) -> None:
    """Write marts as CSV, UTF-8, in which a spreadsheet runs no cell as a formula."""
    from arr_ledger.export import export_file, left_from_before

    files = export_file(database, to, marts)
    for each in files:
        said = f"  {counted(each.neutralised, 'cell')} neutralised" if each.neutralised else ""
        click.echo(f"{each.name:<36}  {each.rows:>12,} rows{said}")
    left = [] if marts else left_from_before(to, files)
    if left:
        click.echo(
            f"Notice: {to} still holds {', '.join(left)} of an earlier export, which this database"
            " does not have; take what you do not need away.",
            err=True,
        )
    cells = counted(sum(each.neutralised for each in files), "cell")
    click.echo(
        f"\n{counted(len(files), 'file')} in {to}; {cells} that began a formula got a ' in front."
    )
