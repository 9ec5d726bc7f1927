"""arr-ledger board: pages for people who do not read tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from arr_ledger.commands.options import database_option, own_boards_option, refusals_told
from arr_ledger.paths import FOLDER
from arr_ledger.problems import counted


@click.command("board")
@click.option("--out", type=FOLDER, help="Folder to write the pages to.")
@click.option("--serve", "is_served", is_flag=True, help="Serve the pages on this machine instead.")
@click.option("--port", default=8377, help="Port of --serve; 0 for any free one (default: 8377).")
@own_boards_option
@click.option("--vars", "variables", default="{}", metavar="YAML", help="Policy variables.")
@click.option("--single-file", is_flag=True, help="Put all that a page needs into the page.")
@database_option
def board_command(
    database: Path,
    out: Path | None,
    is_served: bool,
    port: int,
    own_boards: Path | None,
    variables: str,
    single_file: bool,
) -> None:
    """Write the boards as static pages that open without a server or a network.

    With --serve they are served on this machine, and drawn anew when the file changes.
    """
    from arr_ledger.board import render
    from arr_ledger.board.serve import serve
    from arr_ledger.landing.declared import default_variables
    from arr_ledger.refresh.folders import is_of_releases
    from arr_ledger.refresh.variables import parsed, refuse_unknown

    if is_served == bool(out):
        raise click.UsageError("give one of --out FOLDER and --serve.")
    policy = parsed(variables)
    # those of a build are all taken, the systems too
    refuse_unknown(policy, list(default_variables()))

    def draw(folder: Path) -> list[Path]:
        return render(
            database,
            folder,
            own=own_boards,
            release=_release_of(database),
            variables=policy,
            single_file=single_file,
        )

    with refusals_told():
        if out is None:
            serve(database, draw, port, lambda url: click.echo(f"{url}: open it; Ctrl-C ends it."))
            return
        if is_of_releases(out):
            raise click.UsageError(
                f"--out {out}: is part of a release, which stays as it is; name another folder."
            )
        try:
            pages = draw(out)
        except OSError as error:
            raise click.ClickException(
                f"--out {out}: cannot be written ({error.strerror}); name a folder that may be"
                " written to."
            ) from None
    click.echo(f"{pages[0]}: open it in a browser; {counted(len(pages), 'page')}.")


def _release_of(database: Path) -> dict[str, Any] | None:
    """The facts of the release, where the file is the one that a published folder serves."""
    from arr_ledger.refresh.folders import SERVED_NAME
    from arr_ledger.refresh.releases import list_releases

    folder = database.parent
    if database.name != SERVED_NAME or not (folder / "releases").is_dir():
        return None
    return next((each.facts for each in list_releases(folder) if each.is_served), None)
