"""Pages of the repository as pages of the site: links, doc blocks and diagrams are rewritten."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from arr_ledger.metric_names import OTHER_NAMES

# repository file -> page of the site; those of docs/ keep their place in it
OTHERS = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "vars.yml": "policy.md",
    "benchmarks/results.md": "concepts/benchmarks.md",
    "tests/golden/README.md": "concepts/golden_books.md",
    "tests/invariants/README.md": "concepts/invariants.md",
    "examples/dagster/README.md": "how_to/run_under_dagster.md",
    "examples/dbt_package/README.md": "how_to/example_of_a_package.md",
}
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
BLOCK = re.compile(r"\{% docs (\w+) %\}\n(.*?)\n\{% enddocs %\}", re.DOTALL)
EDGE = re.compile(r"^\s*(\w+) --> (\w+)$", re.MULTILINE)
MERMAID = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
# the page that a search for a metric should find first
FIRST_FOUND = "glossary/metrics.md"


def site_paths(root: Path) -> dict[str, str]:
    """Every repository file that the site has, and its path in the site."""
    paths = {source: page for source, page in OTHERS.items() if (root / source).is_file()}
    for file in sorted((root / "docs").rglob("*")):
        if file.is_file():
            inside = file.relative_to(root / "docs").as_posix()
            if "/" not in inside:
                inside = f"concepts/{inside}"
            paths[f"docs/{inside.removeprefix('concepts/')}"] = re.sub(
                r"(^|/)README\.md$", r"\1index.md", inside
            )
    return paths


def rewrite(text: str, source: str, paths: dict[str, str], marts: Iterable[str]) -> str:
    """The page with links that hold in the site; a mart in backticks becomes a link to its page."""
    text = MERMAID.sub(lambda found: edges_as_table(found[1]), text)
    parts = FENCE.split(text)
    return "".join(
        part if part.startswith("```") else _linked(part, source, paths, set(marts))
        for part in parts
    )


def _linked(text: str, source: str, paths: dict[str, str], marts: set[str]) -> str:
    page = paths[source]

    def link(found: re.Match[str]) -> str:
        image, label, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        file, mark, anchor = target.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), file))
        if wanted not in paths:
            return label
        return f"{image}[{label}]({_relative(page, paths[wanted])}{mark}{anchor})"

    def mart(found: re.Match[str]) -> str:
        if found[1] not in marts:
            return found[0]
        return f"[`{found[1]}`]({_relative(page, f'marts/{found[1]}.md')})"

    return re.sub(r"(?<!\[)`(\w+)`(?!\])", mart, LINK.sub(link, text))


def _relative(page: str, target: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def edges_as_table(flowchart: str) -> str:
    """A flowchart of Mermaid as a table: a page that draws it would load code from elsewhere."""
    readers: dict[str, list[str]] = {}
    for read, reader in EDGE.findall(flowchart):
        readers.setdefault(read, []).append(f"`{reader}`")
    rows = [f"| `{read}` | {', '.join(names)} |" for read, names in readers.items()]
    return "\n".join(["| read | by |", "|---|---|", *rows])


def doc_blocks(text: str, title: str) -> str:
    """Doc blocks of dbt as a page with one heading each; a page without blocks as it is."""
    blocks = BLOCK.findall(text)
    if not blocks:
        return text
    if blocks[0][0] == "__overview__":
        return blocks[0][1]
    sections = [f"## `{name}`\n\n{body.strip()}\n" for name, body in blocks]
    return "\n".join([f"# {title}\n", *sections])


def headed(text: str) -> str:
    """Paragraphs that begin with a term in bold get it as a heading, for search and links."""
    return re.sub(r"^\*\*([^*]+?)\.?\*\*", r"## \1\n\n\g<0>", text, flags=re.MULTILINE)


def other_names() -> str:
    """The names of metrics that the commands know, as a section of a page."""
    rows = [
        f"| {metric.replace('_', ' ')} | {', '.join(names).replace('_', ' ')} |"
        for metric, names in OTHER_NAMES.items()
    ]
    lines = ["## Other names", "", "| here | elsewhere |", "|---|---|", *rows, ""]
    return (
        "\n".join(lines).replace(" nrr", " NRR").replace("| ndr", "| NDR").replace("| grr", "| GRR")
    )


def title_of(text: str) -> str:
    """The first heading of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1].replace("`", "") if found else ""
