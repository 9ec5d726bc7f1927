"""arr-ledger completion: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "arr-ledger"
VARIABLE = "_ARR_LEDGER_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash  arr-ledger completion bash > ~/.local/share/bash-completion/completions/arr-ledger
    zsh   arr-ledger completion zsh > a folder of $fpath, as _arr-ledger
    fish  arr-ledger completion fish > ~/.config/fish/completions/arr-ledger.fish
    """
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    script = get_completion_class(shell)
    assert script is not None, shell
    click.echo(script(root, {}, PROGRAM, VARIABLE).source())
