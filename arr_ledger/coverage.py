"""Marts that are off or empty because their input is missing, and the input that they need.

Written by module, so that neither a manifest nor a model is parsed. A mart that is not listed needs
a billing system alone. macros/policy/modules.sql switches by the same needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from arr_ledger.project import PROJECT_FOLDER

# what is needed, in the words that a user reads: a folder of the extracts, a table, or time
CRM = "a CRM system (salesforce/)"
SOURCED = (
    "opportunities in a CRM system that professional services sourced (salesforce/opportunity)"
)
OWNERS = "owners of accounts in a CRM system (salesforce/user)"
CONTACTS = "contacts in a CRM system (salesforce/contact)"
HEALTH = "health of customers (custom_health/customer_health)"
INVOICES = "invoices (stripe/invoice)"
VENDOR_MRR = "MRR that Stripe states (stripe/subscription_item_change_events)"
EXPENSES = "owners in a CRM system and costs of their teams (custom_billing/post_sale_expenses)"
CLOSED = "closed months (arr-ledger close)"
EARLIER = "an earlier release (arr-ledger refresh)"
NEEDS: Mapping[str, Mapping[str, str]] = {
    "core": {"dim_owners": OWNERS},
    "forecast": {"rpt_renewal_base_outcomes": EARLIER},
    "growth": {
        "fct_won_opportunities": CRM,
        "fct_expansion_sources": CRM,
        "fct_professional_services_bonuses": SOURCED,
        "rpt_expansion_by_source_monthly": CRM,
        "rpt_expansion_rates_monthly": CRM,
        "rpt_post_sale_return_monthly": EXPENSES,
    },
    "books": {
        "rpt_book_retention_monthly": OWNERS,
        "rpt_book_bridge_monthly": OWNERS,
        "rpt_book_renewal_bands": OWNERS,
        "rpt_book_coverage_monthly": OWNERS,
        "rpt_key_accounts": OWNERS,
    },
    "customer_health": {
        "fct_buyer_changes": CONTACTS,
        "rpt_buyer_changes_before_renewal": CONTACTS,
        "rpt_contact_roles": CONTACTS,
        "fct_health_before_renewals": HEALTH,
        "rpt_health_before_renewal": HEALTH,
        "rpt_health_coverage_monthly": HEALTH,
    },
    "reconciliation": {
        "rpt_invoice_reconciliation": INVOICES,
        "rpt_vendor_mrr_reconciliation": VENDOR_MRR,
        "rpt_opportunity_reconciliation": CRM,
    },
    "restatements": {
        "fct_arr_restatements": CLOSED,
        "rpt_arr_as_reported_monthly": CLOSED,
        "rpt_ndr_grr_as_reported_monthly": CLOSED,
    },
}
ROWS_IN = """
    select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'
    union all
    select view_name, null from duckdb_views() where schema_name = 'marts' and not internal
"""


def needed_by(marts: Iterable[str]) -> list[str]:
    """What these marts need beside a billing system, each once."""
    needs = {mart: need for of_module in NEEDS.values() for mart, need in of_module.items()}
    return list(dict.fromkeys(needs[mart] for mart in marts if mart in needs))


def marts_by_module(project: Path = PROJECT_FOLDER) -> dict[str, list[str]]:
    """Every mart of the project, by the module whose folder it is in."""
    modules: dict[str, list[str]] = {}
    for path in sorted(project.glob("models/marts/*/*.sql")):
        modules.setdefault(path.parent.name, []).append(path.stem)
    return modules


def uncovered(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """Marts that a database lacks, and of those with an input of their own those without a row."""
    rows = dict(connection.execute(ROWS_IN).fetchall())
    empty = [
        name
        for needs in NEEDS.values()
        for name in needs
        if name in rows
        and rows[name] in (0, None)
        and not connection.execute(f"select 1 from marts.{name} limit 1").fetchall()
    ]
    marts = [name for names in marts_by_module().values() for name in names]
    return [name for name in marts if name not in rows], empty


def uncovered_told(database: Path) -> list[str]:
    """A line per module some of whose marts are off or empty, with what they need."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            off, empty = uncovered(connection)
    except duckdb.Error:  # the marts are what they are; this is said beside them
        return []
    lines = []
    for module, marts in marts_by_module().items():
        said: dict[str, list[str]] = {}
        for state, names in (("off", off), ("empty", empty)):
            for name in marts:
                if name in names:
                    said.setdefault(f"{state} {_because(module, name)}", []).append(name)
        if said:
            parts = [f"{', '.join(names)} {why}" for why, names in said.items()]
            lines.append(f"{module}: {'; '.join(parts)}.")
    return lines


def _because(module: str, mart: str) -> str:
    need = NEEDS.get(module, {}).get(mart)
    return f"without {need}" if need else "by the variable modules, or not built"
