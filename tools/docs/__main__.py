"""`uv run --frozen python -m tools.docs`: the site, out of docs/, vars.yml and what dbt wrote.

`dbt docs generate --static` comes first: its manifest, its catalog and its page are in target/.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tools.docs import pages, policy
from tools.docs.marts import Marts

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).with_name("mkdocs.yml")
START = ("index.md", "changelog.md", "contributing.md")


def build(target: Path, site: Path) -> None:
    """Write the site out of the folder that dbt wrote to. CalledProcessError: a warning."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    catalog = target / "catalog.json"
    marts = Marts(
        manifest, json.loads(catalog.read_text(encoding="utf-8")) if catalog.is_file() else None
    )
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder) / "docs"
        has_page_of_dbt = (target / "static_index.html").is_file()
        nav = write_pages(docs, marts, has_page_of_dbt)
        if has_page_of_dbt:
            shutil.copyfile(target / "static_index.html", docs / "dbt.html")
        settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
        settings |= {"docs_dir": str(docs), "site_dir": str(site.resolve()), "nav": nav}
        file = Path(folder) / "mkdocs.yml"
        file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", file],
            check=True,
            # the theme prints an advertisement of another generator
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"},
        )


def write_pages(docs: Path, marts: Marts, has_page_of_dbt: bool) -> list[Any]:
    """Write the Markdown of all pages and return the navigation."""
    paths = pages.site_paths(ROOT)
    titles: dict[str, str] = {}
    for source, page in paths.items():
        to = docs / page
        to.parent.mkdir(parents=True, exist_ok=True)
        if page == "policy.md":
            text = policy.page(ROOT)
        elif source.endswith(".md"):
            text = (ROOT / source).read_text(encoding="utf-8")
            text = pages.doc_blocks(text, f"Columns: {to.stem.replace('_', ' ')}")
            text = pages.rewrite(text, source, paths, marts.by_name)
        else:
            shutil.copyfile(ROOT / source, to)
            continue
        titles[page] = pages.title_of(text)
        if page == pages.FIRST_FOUND:
            text = f"---\nsearch:\n  boost: 30\n---\n{pages.headed(text)}\n{pages.other_names()}"
        to.write_text(text, encoding="utf-8")
    (docs / "assets").mkdir()
    for name in ("iframe-worker.js", "site.css"):
        shutil.copyfile(SETTINGS.with_name(name), docs / "assets" / name)
    (docs / "marts").mkdir()
    (docs / "marts" / "index.md").write_text(marts.index(has_page_of_dbt), encoding="utf-8")
    for mart in marts.by_name:
        (docs / "marts" / f"{mart}.md").write_text(marts.page(mart), encoding="utf-8")
    return _navigation(titles, marts)


def _navigation(titles: dict[str, str], marts: Marts) -> list[Any]:
    def folder(name: str, first: str = "") -> list[Any]:
        own = sorted(page for page in titles if page.startswith(f"{name}/") and page != first)
        return [*([first] if first else []), *({titles[page]: page} for page in own)]

    modules = sorted({marts.module(mart) for mart in marts.by_name})
    return [
        {"Start": [{titles[page]: page} for page in START]},
        {"Concepts": folder("concepts", "concepts/architecture.md")},
        {"Glossary": folder("glossary", "glossary/metrics.md")},
        {
            "Marts": [
                "marts/index.md",
                *(
                    {
                        module: [
                            {mart: f"marts/{mart}.md"}
                            for mart in sorted(marts.by_name)
                            if marts.module(mart) == module
                        ]
                    }
                    for module in modules
                ),
            ]
        },
        {"Policy": "policy.md"},
        {"How-tos": folder("how_to")},
        {"Decisions": folder("decisions", "decisions/index.md")},
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--target", type=Path, default=ROOT / "target", help="what dbt wrote")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "site", help="the site")
    asked = parser.parse_args()
    if not (asked.target / "manifest.json").is_file():
        print(f"{asked.target}: has no manifest.json; run dbt docs generate --static first.")
        return 1
    try:
        build(asked.target, asked.out)
    except subprocess.CalledProcessError as error:
        return error.returncode
    print(f"{asked.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
