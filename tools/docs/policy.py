"""The page of the metric policy: variables of vars.yml with comment, default and allowed values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

SECTION = re.compile(r"^  # ---- (.+) ----$")
VARIABLE = re.compile(r"^  (\w+):")
COMMENT = re.compile(r"^  # (.*)$")
# the reader of a variable in macros/policy says what it allows
CHOICE = re.compile(r"policy_(choices?)\(\s*'(\w+)',\s*(\[[^\]]*\]|range\((\d+), (\d+)\))")
RANGE = re.compile(r"policy_(integer|number)\(\s*'(\w+)',\s*(-?\d+),\s*(-?\d+)")
MESSAGE = re.compile(
    r"(?:policy_pattern|policy_patterns|refuse_variable)\(\s*'(\w+)',\s*(?:'[^']*',\s*)?\"([^\"]+)\"",
)


@dataclass
class Variable:
    """One variable as vars.yml has it."""

    name: str
    section: str
    comment: str
    default: object
    allowed: str = field(default="")


def variables(root: Path) -> list[Variable]:
    """All of vars.yml in their order, with what their readers in macros/policy allow."""
    text = (root / "vars.yml").read_text(encoding="utf-8")
    defaults = yaml.safe_load(text)["vars"]
    allowed = _allowed(root)
    found: list[Variable] = []
    section, comment = "", []
    for line in text.splitlines():
        if match := SECTION.match(line):
            section, comment = match[1], []
        elif match := COMMENT.match(line):
            comment.append(match[1])
        elif (match := VARIABLE.match(line)) and match[1] in defaults:
            name = match[1]
            # a comment covers the variables that follow it without one of their own
            said = " ".join(comment) or found[-1].comment
            kind = "true or false" if isinstance(defaults[name], bool) else ""
            if name.endswith("_date"):
                kind = "YYYY-MM-DD, or empty"
            found.append(
                Variable(name, section, said, defaults[name], allowed.get(name, "") or kind)
            )
            comment = []
    return found


def _allowed(root: Path) -> dict[str, str]:
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((root / "macros/policy").glob("*.sql"))
    )
    found = {name: said for name, said in MESSAGE.findall(text) if "~" not in said}
    for kind, name, values, low, high in CHOICE.findall(text):
        listed = re.findall(r"'([^']*)'", values) or [f"{low} to {int(high) - 1}"]
        how = "one of" if kind == "choice" else "a list of"
        found[name] = f"{how} {', '.join(listed)}"
    for kind, name, low, high in RANGE.findall(text):
        found[name] = f"a {'whole ' if kind == 'integer' else ''}number from {low} to {high}"
    return found


def page(root: Path) -> str:
    """The page in Markdown, a section per section of vars.yml."""
    lines = [
        "# Policy",
        "",
        "The choices that are yours: variables of `vars.yml`. Set them there, under `vars:` of your"
        " own project or with `--vars`.",
        "A value that is not allowed stops the build before anything is built.",
        "",
    ]
    section = ""
    for each in variables(root):
        if each.section != section:
            section = each.section
            lines += [f"## {section[0].upper()}{section[1:]}", ""]
        lines += [f"### `{each.name}`", "", f"{each.comment}", ""]
        lines.append(f"- Default: `{json.dumps(each.default, ensure_ascii=False)}`")
        if each.allowed:
            lines.append(f"- Allowed: {each.allowed}")
        lines.append("")
    return "\n".join(lines)
