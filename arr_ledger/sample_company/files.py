"""Tables of the sample: columns with types, rows, and the CSV and property files they become."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

SYNCED = "2026-06-30 23:30:00"


@dataclass
class Table:
    """A table as a loader lands it; types in words that DuckDB and Spark share."""

    system: str
    name: str
    description: str
    columns: dict[str, str]
    rows: list[dict[str, object]] = field(default_factory=list)

    def add(self, **values: object) -> None:
        """Append a row; what is not named is empty."""
        unknown = values.keys() - self.columns.keys()
        if unknown:
            raise KeyError(f"{self.name} has no column {sorted(unknown)}")
        if "_fivetran_synced" in self.columns:
            values.setdefault("_fivetran_synced", SYNCED)
        self.rows.append(values)

    @property
    def seed(self) -> str:
        """Name of the seed."""
        return f"sample_{self.system}__{self.name}"


def columns(text: str) -> dict[str, str]:
    """Columns from text of `type: name name ...` lines."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        kind, names = line.split(":")
        found.update(dict.fromkeys(names.split(), kind.strip()))
    return found


def instant(day: date | None, clock: str) -> str:
    """A UTC instant as the loader writes it."""
    return f"{day} {clock}" if day else ""


def decimal_text(cents: int) -> str:
    """Minor units as an exact decimal."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def as_text(value: object) -> object:
    """A value as it stands in a CSV file; nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value


# when the sample is on, and of which system it is part
USED = "var('use_sample_extracts', false)"
SWITCHED_BY = {
    "stripe": ["'stripe' in var('billing_systems', ['stripe', 'custom_billing'])"],
    "salesforce": ["'salesforce' in var('crm_systems', ['salesforce'])"],
    "custom_health": ["'custom_health' in var('health_systems', ['custom_health'])"],
}


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A CSV file with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([as_text(value) for value in row] for row in rows)


def write_seeds(folder: Path, tables: list[Table]) -> None:
    """The seeds of one system and the property file that types every column."""
    system = tables[0].system
    lines = ["# Written by python -m arr_ledger.sample.", "version: 2", "", "seeds:"]
    # written once, and named by every other seed of the file
    is_on = f'&is_on "{{{{ {" and ".join([USED, *SWITCHED_BY.get(system, ())])} }}}}"'
    for table in tables:
        names = list(table.columns)
        rows = [[row.get(name) for name in names] for row in table.rows]
        write_csv(folder / system / f"{table.seed}.csv", names, rows)
        lines += [f"  - name: {table.seed}", f"    description: {table.description}", "    config:"]
        lines += ["      schema: sample_extracts", f"      enabled: {is_on}"]
        is_on = "*is_on"
        if {"start", "end"} & table.columns.keys():
            lines.append("      quote_columns: true")
        lines.append("      column_types:")
        lines += [f"        {name}: {kind}" for name, kind in table.columns.items()]
        lines.append("")
    (folder / system / f"_sample_{system}__seeds.yml").write_text(
        "\n".join(lines).rstrip() + "\n", encoding="utf-8"
    )
