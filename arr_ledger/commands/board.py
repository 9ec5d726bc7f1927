"""arr-ledger board: pages for people who do not read tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
        pages = render(
            database,
            out,
            own=own,
            release=_release_of(database),
            variables=parsed(variables),
            single_file=single_file,
        )
    click.echo(f"{pages[0]}: open it in a browser; {len(pages)} pages.")


def _release_of(database: Path) -> dict[str, Any] | None:
    """The facts of the release, where the file is the one that a published folder serves."""
    from arr_ledger.refresh.folders import SERVED_NAME
    from arr_ledger.refresh.releases import list_releases

    folder = database.parent
    if database.name != SERVED_NAME or not (folder / "releases").is_dir():
        return None
    return next((each.facts for each in list_releases(folder) if each.is_served), None)
