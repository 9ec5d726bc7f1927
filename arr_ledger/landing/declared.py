"""What each extract must look like, read from the property files of staging."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from arr_ledger.problems import RefusedError
from arr_ledger.project import PROJECT_FOLDER

# tables of which a row is a customer, and how columns end that refer to one
CUSTOMER_TABLES = ("customer", "account", "account_history")
NAMES_CUSTOMER = ("customer_id", "account_id")
# columns of a key that say since when a version of the row holds
STARTS_VERSION = ("_fivetran_start", "valid_from")
# what salesforce_fields names of an opportunity; everything else it names is of the account
OF_OPPORTUNITIES = {"sourcing_team": "text", "term_months": "numeric(9,4)"}
COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
NUMERIC = re.compile(r"numeric\((\d+), ?(\d+)\)")


@dataclass(frozen=True)
class Column:
    """A declared column of an extract."""

    name: str
    data_type: str
    is_required: bool = False
    may_be_null: bool = False
    is_key: bool = False
    is_positive: bool = False
    at_least: int | None = None
    at_most: int | None = None
    is_currency: bool = False
    is_json: bool = False
    is_number: bool = False
    allowed: tuple[str, ...] = ()
    not_before: str | None = None
    orders_versions: bool = False
    names_customer: bool = False
    is_value: bool = False  # a key that a person chose, such as a region called NA
    is_segment: bool = False  # by whose values figures are cut
    named_by: str = ""  # the variable that asks for this column, where its table must have it

    @property
    def is_id(self) -> bool:
        return (
            not self.is_value
            and self.data_type == "text"
            and (self.is_key or self.name == "id" or self.name.endswith("_id"))
        )

    @property
    def starts_version(self) -> bool:
        return self.is_key and self.name in STARTS_VERSION

    @property
    def must_have_value(self) -> bool:
        return self.is_required and not self.may_be_null

    @property
    def precision_and_scale(self) -> tuple[int, int] | None:
        match = NUMERIC.fullmatch(self.data_type)
        return (int(match[1]), int(match[2])) if match else None


@dataclass(frozen=True)
class Table:
    """A declared table of a source system; a reference table may be landed without the others."""

    name: str
    columns: tuple[Column, ...]
    is_optional: bool = False
    is_reference: bool = False
    # None: a row that is gone upstream is gone here too; else it stays with the day it was missed,
    # unless a new row with the same values in these columns speaks for its time
    kept_when_gone_unless_same: tuple[str, ...] | None = None
    # None: no column says how an end is meant; else whether end_date is the last day of service
    end_is_inclusive: bool | None = None

    @property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_key)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class System:
    """A source system: its folder name, its raw schema and its tables by name."""

    name: str
    schema: str
    tables: dict[str, Table]
    is_refused_whole: bool = False


@cache
def declared_systems(project_folder: Path = PROJECT_FOLDER) -> dict[str, System]:
    """Every source system that staging declares, by name."""
    systems = {}
    if not (project_folder / "dbt_project.yml").is_file():
        raise RefusedError(
            f"{project_folder}: the dbt project is not there; install a wheel that"
            " `uv build --wheel` made, or run the command in a clone."
        )
    for path in sorted(project_folder.glob("models/staging/*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            tables = {
                table["name"]: _table(table)
                for table in source["tables"]
                if not _is_written_by_landing(table)
            }
            systems[source["name"]] = System(
                source["name"],
                source["schema"],
                tables,
                _meta(source).get("is_refused_whole", False),
            )
    return systems


@cache
def default_variables() -> dict[str, Any]:
    """The metric policy of vars.yml."""
    return yaml.safe_load((PROJECT_FOLDER / "vars.yml").read_text(encoding="utf-8"))["vars"]


def systems_of(variables: Mapping[str, Any]) -> dict[str, System]:
    """Every source system, with the columns of the company's own that the variables name."""
    policy = {**default_variables(), **variables}
    own = _own_columns(policy)
    return {
        name: replace(
            system,
            tables={
                table.name: _of_company(table, own.get(f"{name}.{table.name}", ()), policy)
                for table in system.tables.values()
            },
        )
        for name, system in declared_systems().items()
    }


def _of_company(table: Table, own: Sequence[Column], policy: Mapping[str, Any]) -> Table:
    """A table with the columns of the company's own, and how it writes the ends of its lines."""
    segments = {column.name for column in own if column.is_segment}
    declared = tuple(
        replace(column, is_segment=True) if column.name in segments else column
        for column in table.columns
    )
    new = tuple(column for column in own if table.column(column.name) is None)
    is_dated = table.end_is_inclusive is not None
    return replace(
        table,
        columns=declared + new,
        end_is_inclusive=policy["custom_billing_end_date_is_inclusive"] if is_dated else None,
    )


def _own_columns(policy: Mapping[str, Any]) -> dict[str, list[Column]]:
    """By table; what is no name is left to dbt, which refuses it by the name of its variable."""
    segments, fields = policy["segment_columns"], policy["salesforce_fields"]
    given = fields if isinstance(fields, dict) else {}
    columns = segments if isinstance(segments, list) else []
    billing = [Column(name, "text", is_segment=True) for name in columns if _is_name(name)]
    accounts = [
        Column(field, "text", is_segment=name in columns, named_by="salesforce_fields")
        for name, field in given.items()
        if name not in OF_OPPORTUNITIES and _is_name(field)
    ]
    of_opportunities = [
        Column(given[name], data_type, named_by="salesforce_fields")
        for name, data_type in OF_OPPORTUNITIES.items()
        if _is_name(given.get(name))
    ]
    return {
        "custom_billing.customers": _each_once(billing),
        "custom_billing.customer_versions": _each_once(billing),
        "salesforce.account": _each_once(accounts),
        # versions may lack a field that was made later
        "salesforce.account_history": [replace(each, named_by="") for each in _each_once(accounts)],
        "salesforce.opportunity": of_opportunities,
    }


def _each_once(columns: Sequence[Column]) -> list[Column]:
    return list({column.name: column for column in columns}.values())


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and COLUMN_NAME.fullmatch(text) is not None


def _meta(entry: dict) -> dict:
    return entry.get("config", {}).get("meta", {})


def _is_written_by_landing(entry: dict) -> bool:
    """Tables and columns that landing adds are no part of a file."""
    return _meta(entry).get("is_written_by_landing", False)


def _table(entry: dict) -> Table:
    meta = _meta(entry)
    unless_same = meta.get("kept_when_gone_unless_same")
    return Table(
        name=entry["name"],
        columns=tuple(
            _column(column, entry["name"])
            for column in entry["columns"]
            if not _is_written_by_landing(column)
        ),
        is_optional=meta.get("is_optional", False),
        is_reference=meta.get("is_reference", False),
        end_is_inclusive=False if meta.get("has_last_days") else None,
        kept_when_gone_unless_same=None if unless_same is None else tuple(unless_same),
    )


def _column(entry: dict, table: str) -> Column:
    meta = _meta(entry)
    name = entry["name"]
    names_customer = name.endswith(NAMES_CUSTOMER) or (
        table in CUSTOMER_TABLES and name in ("id", "parent_id", "master_record_id")
    )
    return Column(
        name=name,
        data_type=entry["data_type"],
        is_required=meta.get("is_required", False),
        may_be_null=meta.get("may_be_null", False),
        is_key=meta.get("is_key", False),
        is_positive=meta.get("is_positive", False),
        at_least=meta.get("at_least"),
        at_most=meta.get("at_most"),
        is_currency=meta.get("is_currency", False),
        is_json=meta.get("is_json", False),
        is_number=meta.get("is_number", False),
        allowed=tuple(meta.get("allowed", ())),
        not_before=meta.get("not_before"),
        orders_versions=meta.get("orders_versions", False),
        names_customer=names_customer,
        is_value=meta.get("is_value", False),
        is_segment=meta.get("is_segment", False),
    )
