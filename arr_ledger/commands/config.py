"""arr_ledger.yml: options of a refresh that are the same every day.

It is looked up in the current folder, or named with --config. An option on the command line wins;
a relative path is relative to the folder of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from arr_ledger.commands.options import LIMITS
from arr_ledger.paths import WholePath, whole
from arr_ledger.problems import RefusedError, did_you_mean

CONFIG = "arr_ledger.yml"
VARIABLES = "arr_ledger.variables"
# key of the file to the parameter of the commands that it sets
PARAMETERS = {
    "extracts": "extracts",
    "out": "out",
    "keep": "keep",
    "audit": "with_audit",
    "boards": "own_boards",
    "postgres": "postgres",
    "notify": "notify_command",
}
KEYS = ("extracts", "out", "vars", "limits", "keep", "audit", "boards", "postgres", "notify")
PATHS = ("extracts", "out", "boards")
PASSWORD = re.compile(r"\w+://[^/@]*:[^/@]+@|[?&]password=")


def config_option(*keys: str) -> Callable[..., Any]:
    """Adds --config; of the file the command takes these keys."""

    def read_in(context: click.Context, _: click.Parameter, path: Path | None) -> None:
        if context.resilient_parsing:
            return
        found = path or whole(CONFIG)
        if path is None and not found.is_file():
            return
        given = {key: value for key, value in read_config(found).items() if key in keys}
        context.meta[VARIABLES] = given.pop("vars", {})
        defaults = given.pop("limits", {})
        if type(given.get("boards")) is bool:
            defaults["with_boards"] = given.pop("boards")
        defaults |= {PARAMETERS[key]: value for key, value in given.items()}
        context.default_map = {**(context.default_map or {}), **defaults}

    return click.option(
        "--config",
        type=WholePath(exists=True, dir_okay=False),
        is_eager=True,
        expose_value=False,
        callback=read_in,
        help=f"File of options (default: {CONFIG} of this folder, if there is one).",
    )


def configured_variables() -> dict[str, Any]:
    """The variables of the file that this command read."""
    return click.get_current_context().meta.get(VARIABLES, {})


def read_config(path: Path) -> dict[str, Any]:
    """What the file says, checked. ClickException names file and line of what is wrong."""
    import yaml

    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        if root is None:
            return {}
        return _Reader(path, loader).read(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(path, line, f"is not YAML ({error.problem})", "correct it") from None
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise _wrong(path, 1, f"is not YAML in UTF-8 ({reason})", "correct it") from None
    except OSError as error:
        raise click.ClickException(
            f"{path}: cannot be read ({error.strerror}); check its permissions."
        ) from None


class _Reader:
    """Reads the nodes of one file."""

    def __init__(self, path: Path, loader: Any) -> None:
        self.path, self.loader = path, loader

    def read(self, root: Any) -> dict[str, Any]:
        found = {}
        for key, node in self._pairs(root, KEYS, "a key", "write keys such as extracts: and out:"):
            value = self.loader.construct_object(node, deep=True)
            if value is None:
                continue
            line = node.start_mark.line + 1
            if key == "vars":
                found[key] = self._variables(node, value)
            elif key == "limits":
                found[key] = self._limits(node)
            else:
                found[key] = self._checked(key, value, line)
        return found

    def _pairs(self, node: Any, known: Any, noun: str, shape: str) -> list[tuple[str, Any]]:
        if node.id != "mapping":
            raise self._wrong(node, "is no mapping", shape)
        seen: dict[str, Any] = {}
        for key, value in node.value:
            if key.value in seen:
                raise self._wrong(key, f"{key.value!r} is there twice", "keep one of the two")
            if key.value not in known:
                meant = did_you_mean(str(key.value), known)
                once = "give it on the command line, with each run" if key.value == "accept" else ""
                remedy = once or f"{meant}known are {', '.join(known)}"
                raise self._wrong(key, f"{key.value!r} is not {noun}", remedy)
            seen[key.value] = value
        return list(seen.items())

    def _variables(self, node: Any, value: Any) -> dict[str, Any]:
        from arr_ledger.refresh.variables import as_texts, check_variables, known_variables

        pairs = self._pairs(node, known_variables(), "a variable", "write vars as name: value")
        texts = as_texts(value)
        for name, given in pairs:
            try:
                check_variables({name: texts[name]}, self.path.parent)
            except RefusedError as refusal:
                what, _, remedy = str(refusal).removeprefix("--vars: ").partition("; ")
                raise self._wrong(given, what, remedy.removesuffix(".")) from None
        return texts

    def _limits(self, node: Any) -> dict[str, float]:
        found = {}
        for name, share in self._pairs(
            node, list(LIMITS), "a limit", "write limits as name: share"
        ):
            value = self.loader.construct_object(share, deep=True)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not 0 <= value <= 1:
                raise self._wrong(share, f"{name}: {value!r} is no share", "write 0 to 1")
            found[name] = value
        return found

    def _checked(self, key: str, value: Any, line: int) -> Any:
        if key == "keep":
            if type(value) is not int or value < 1:
                what = f"keep: {value!r} is no number of releases"
                raise _wrong(self.path, line, what, "write 1 or more")
            return value
        if key == "audit":
            if type(value) is not bool:
                raise _wrong(
                    self.path, line, f"audit: {value!r} is no truth value", "write true or false"
                )
            return value
        if key == "boards" and type(value) is bool:
            return value
        if not isinstance(value, str):
            raise _wrong(self.path, line, f"{key}: {value!r} is no text", "write it in quotes")
        if key == "postgres" and PASSWORD.search(value):
            remedy = "keep it in ARR_LEDGER_POSTGRES, PGPASSWORD or ~/.pgpass"
            raise _wrong(self.path, line, "postgres: the URL has a password", remedy)
        return _from_folder(self.path, value) if key in PATHS else value

    def _wrong(self, node: Any, what: str, remedy: str) -> click.ClickException:
        return _wrong(self.path, node.start_mark.line + 1, what, remedy)


def _from_folder(file: Path, value: str) -> Path:
    """A path of the file; ~ is the home folder."""
    is_whole = value.startswith(("/", "~"))
    return whole(value) if is_whole else whole(file.parent / value)


def _wrong(path: Path, line: int, what: str, remedy: str) -> click.ClickException:
    return click.ClickException(f"{path}, line {line}: {what}; {remedy}.")
