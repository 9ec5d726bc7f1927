"""The command line: the list of commands, and how every error ends."""

from __future__ import annotations

import os
import sys

import click

from arr_ledger.commands.board import board_command
from arr_ledger.commands.completion import completion_command
from arr_ledger.commands.init import init_command
from arr_ledger.commands.land import land_command, quarantine_command
from arr_ledger.commands.marts import (
    close_command,
    explain_command,
    export_command,
    summary_command,
)
from arr_ledger.commands.refresh import refresh_command, releases_command, rollback_command
from arr_ledger.problems import BusyError, RefusedError

OTHERS_WRITE = 0o022
COMMANDS = (
    init_command,
    land_command,
    quarantine_command,
    refresh_command,
    releases_command,
    rollback_command,
    summary_command,
    explain_command,
    export_command,
    board_command,
    close_command,
    completion_command,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="arr-ledger", message="%(prog)s %(version)s")
def cli() -> None:
    """An auditable ARR ledger from billing and CRM extracts."""
    # whatever a command writes, no other account may write
    os.umask(os.umask(OTHERS_WRITE) | OTHERS_WRITE)


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Every error is one line of what, where and what to do; exit code 1, or 75 to try later."""
    try:
        # an option that ends the command, such as --version, hands its exit code back
        code = cli(standalone_mode=False, prog_name="arr-ledger")
        sys.exit(code if isinstance(code, int) else 0)
    except BusyError as busy:
        click.echo(f"Busy: {busy}", err=True)
        sys.exit(os.EX_TEMPFAIL)
    except RefusedError as refusal:
        click.echo(f"Error: {refusal}", err=True)
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(f"See {error.ctx.command_path} --help.", err=True)
        sys.exit(1)
    except click.Abort:
        click.echo("Error: interrupted before the end; run it again.", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
