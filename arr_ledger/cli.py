"""The command line; every command of a subject stands with it, the rest here."""

import os
import sys
from pathlib import Path

import click

from arr_ledger import explain as explaining
from arr_ledger.closing import ClosingRefusedError
from arr_ledger.closing import close as close_month
from arr_ledger.export import export as export_marts
from arr_ledger.landing.commands import database_option, land_command, quarantine_command
from arr_ledger.paths import FOLDER
from arr_ledger.refresh import RefreshBusyError, RefreshRefusedError
from arr_ledger.refresh.commands import (
    out_option,
    refresh_command,
    releases_command,
    rollback_command,
)
from arr_ledger.summary import summary as summary_text

OTHERS_WRITE = 0o022


@click.group()
def cli() -> None:
    """An auditable ARR ledger from billing and CRM extracts."""
    # whatever a command writes, nobody else may write
    os.umask(os.umask(OTHERS_WRITE) | OTHERS_WRITE)


@cli.command()
@database_option
def summary(database: Path) -> None:
    """Print where the marts are and the latest month: bridge, NDR, GRR, logo retention."""
    click.echo(summary_text(database))


@cli.command()
@click.option("--month", required=True, help="Month of the number, YYYY-MM.")
@click.option("--metric", required=True, help=f"One of {', '.join(explaining.METRICS)}.")
@click.option("--window", default=12, show_default=True, help="Months of a retention rate.")
@click.option("--segment", help="Value of the segment; every customer without it.")
@click.option("--segment-type", default="segment", show_default=True, help="Segment column.")
@click.option("--top", type=click.IntRange(min=1), help="Show only so many customers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with exact fractions.")
@database_option
def explain(database: Path, as_json: bool, **question: object) -> None:
    """Print the customers and contracts behind a number's change since the month before."""
    try:
        answer = explaining.answer(database, **question)
    except explaining.QuestionError as error:
        raise click.ClickException(str(error)) from None
    click.echo(explaining.as_json(answer) if as_json else explaining.as_text(answer))


@cli.command()
@click.option("--month", required=True, help="Month to close, YYYY-MM.")
@click.option(
    "--closings",
    required=True,
    type=FOLDER,
    help="Extracts folder; the files go to its folder closings/, which arr-ledger land reads.",
)
@database_option
def close(month: str, closings: Path, database: Path) -> None:
    """Freeze what a published month says, so that later knowledge shows as restatements."""
    try:
        closing = close_month(database, explaining.parse_month(month), closings)
    except (ClosingRefusedError, explaining.QuestionError) as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(
        f"Closed {closing.month:%B %Y} at {closing.ending_arr:,.2f} ARR: {closing.lines:,} lines of"
        f" {closing.customers:,} customers, in {closing.folder}."
    )


@cli.command()
@out_option
@click.option(
    "--to",
    required=True,
    type=FOLDER,
    help="Folder that gets <mart>.csv.",
)
@click.option("--mart", "marts", multiple=True, help="Only this mart; may be repeated.")
def export(out: Path, to: Path, marts: tuple[str, ...]) -> None:
    """Write served marts as CSV, UTF-8, in which no cell is run as a formula."""
    files = export_marts(out, to, marts)
    for each in files:
        said = f"  {each.neutralised:,} cells neutralised" if each.neutralised else ""
        click.echo(f"{each.name:<36}  {each.rows:>12,} rows{said}")
    cells = sum(each.neutralised for each in files)
    click.echo(
        f"\n{len(files)} files in {to}; {cells:,} cells that began a formula got a ' in front."
    )


cli.add_command(land_command)
cli.add_command(quarantine_command)
cli.add_command(refresh_command)
cli.add_command(releases_command)
cli.add_command(rollback_command)


def main() -> None:
    """Every error is one line of what, where and what to do; exit code 1, or 75 to try later."""
    try:
        cli(standalone_mode=False)
    except RefreshBusyError as busy:
        click.echo(f"Busy: {busy}", err=True)
        sys.exit(os.EX_TEMPFAIL)
    except RefreshRefusedError as refusal:
        click.echo(f"Error: {refusal}", err=True)
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
        sys.exit(1)
    except click.Abort:
        sys.exit(1)


if __name__ == "__main__":
    main()
