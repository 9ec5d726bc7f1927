"""arr-ledger init: a folder to begin with."""

from __future__ import annotations

import os
from pathlib import Path

import click

from arr_ledger.commands.options import refusals_told
from arr_ledger.paths import FOLDER, whole

SYSTEMS = ("custom_billing", "stripe", "salesforce", "custom_health")


def _systems(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        wrong = f"{unknown[0]!r} is not a system" if unknown else "no system is named"
        raise click.BadParameter(f"{wrong}; name one or more of {', '.join(SYSTEMS)}.")
    return names


@click.command("init")
@click.argument("folder", type=FOLDER, default=".")
@click.option(
    "--systems",
    default=SYSTEMS[0],
    metavar="NAMES",
    callback=_systems,
    help=f"Systems, separated by commas: {', '.join(SYSTEMS)} (default: {SYSTEMS[0]}).",
)
def init_command(folder: Path, systems: tuple[str, ...]) -> None:
    """Write arr_ledger.yml, CSV templates and a mapping in SQL into a folder.

    templates/<system>/<table>.csv have the headers alone: fill those you need, and put them under
    extracts/. A file that is there already is never overwritten.
    """
    from arr_ledger.scaffold import scaffold

    with refusals_told():
        written = scaffold(folder, systems)
    for path in written:
        click.echo(path.relative_to(folder))
    here = folder == whole(".")
    config = "" if here else f" --config {os.path.relpath(folder / 'arr_ledger.yml')}"
    click.echo(
        f"\n{len(written)} files in {folder}. Put your files under"
        f" {os.path.relpath(folder / 'extracts')}/<system>/, then check and publish them:"
        f"\n  arr-ledger land --check{config}\n  arr-ledger refresh{config}"
    )
