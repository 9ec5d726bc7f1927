"""Marts that are off or empty because their input is missing, and the input that they need.

A list by mart, so that neither a manifest nor a model is parsed. A mart that is not listed needs a
billing system alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

# what is needed, in the words that a user reads: a folder of the extracts, a table, or time
CRM = "a CRM system (salesforce/)"
OWNERS = "owners of accounts in a CRM system (salesforce/user)"
CONTACTS = "contacts in a CRM system (salesforce/contact)"
HEALTH = "health of customers (custom_health/customer_health)"
INVOICES = "invoices (stripe/invoice)"
VENDOR_MRR = "MRR that Stripe states (stripe/subscription_item_change_events)"
EXPENSES = "costs of post-sale teams (custom_billing/post_sale_expenses)"
CLOSED = "closed months (arr-ledger close)"
EARLIER = "an earlier release (arr-ledger refresh)"
NEEDS: Mapping[str, str] = {
    "dim_owners": OWNERS,
    "rpt_book_retention_monthly": OWNERS,
    "rpt_book_bridge_monthly": OWNERS,
    "rpt_book_renewal_bands": OWNERS,
    "rpt_book_coverage_monthly": OWNERS,
    "rpt_key_accounts": OWNERS,
    "fct_won_opportunities": CRM,
    "fct_professional_services_bonuses": CRM,
    "fct_expansion_sources": CRM,
    "rpt_expansion_by_source_monthly": CRM,
    "rpt_opportunity_reconciliation": CRM,
    "fct_buyer_changes": CONTACTS,
    "rpt_buyer_changes_before_renewal": CONTACTS,
    "rpt_contact_roles": CONTACTS,
    "fct_health_before_renewals": HEALTH,
    "rpt_health_before_renewal": HEALTH,
    "rpt_health_coverage_monthly": HEALTH,
    "rpt_invoice_reconciliation": INVOICES,
    "rpt_vendor_mrr_reconciliation": VENDOR_MRR,
    "rpt_post_sale_return_monthly": EXPENSES,
    "fct_arr_restatements": CLOSED,
    "rpt_arr_as_reported_monthly": CLOSED,
    "rpt_ndr_grr_as_reported_monthly": CLOSED,
    "rpt_renewal_base_outcomes": EARLIER,
}
ROWS_IN = """
    select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'
    union all
    select view_name, null from duckdb_views() where schema_name = 'marts' and not internal
"""


def marts_off(manifest: Mapping[str, Any]) -> list[str]:
    """The marts that dbt has switched off, by name."""
    off = {
        node["name"]
        for versions in manifest.get("disabled", {}).values()
        for node in versions
        if node["resource_type"] == "model" and "marts" in node.get("fqn", ())
    }
    return sorted(off)


def needs_of(marts: Collection[str]) -> dict[str, list[str]]:
    """Input that is needed, to the marts among these that need it."""
    found: dict[str, list[str]] = {}
    for mart, need in NEEDS.items():
        if mart in marts:
            found.setdefault(need, []).append(mart)
    return found


def uncovered(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """Of the marts with an input of their own, those a database lacks and those without a row."""
    rows = dict(connection.execute(ROWS_IN).fetchall())
    empty = [
        name
        for name in NEEDS
        if name in rows
        and rows[name] in (0, None)
        and not connection.execute(f"select 1 from marts.{name} limit 1").fetchall()
    ]
    return [name for name in NEEDS if name not in rows], empty


def uncovered_told(database: Path) -> list[str]:
    """A line per input that is missing, with the marts that are off or empty without it."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            off, empty = uncovered(connection)
    except duckdb.Error:  # the marts are what they are; this is said beside them
        return []
    lines = []
    for word, marts in (("Off", off), ("Empty", empty)):
        lines += [
            f"{word}, as they need {need}: {', '.join(names)}."
            for need, names in needs_of(marts).items()
        ]
    return lines
