"""arr-ledger board: pages for people who do not read tables."""

from __future__ import annotations

from pathlib import Path

import click

from arr_ledger.commands.options import database_option, refusals_told
from arr_ledger.paths import FOLDER


@click.command("board")
@click.option("--out", required=True, type=FOLDER, help="Folder to write the pages to.")
@click.option("--boards", "own", type=FOLDER, help="Folder of your own boards, one YAML file each.")
@click.option("--vars", "variables", default="{}", metavar="YAML", help="Policy variables.")
@click.option("--single-file", is_flag=True, help="Put all that a page needs into the page.")
@database_option
def board_command(
    database: Path, out: Path, own: Path | None, variables: str, single_file: bool
) -> None:
    """Write the boards as static pages that open without a server or a network."""
    from arr_ledger.board import render
    from arr_ledger.refresh.variables import parsed

    if not database.is_file():
        raise click.ClickException(f"{database}: there is no such database; build it first.")
    with refusals_told():
        pages = render(database, out, own=own, variables=parsed(variables), single_file=single_file)
    click.echo(f"{pages[0]}: open it in a browser; {len(pages)} pages.")
