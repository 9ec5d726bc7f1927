"""What a reader of the published tables states about a release before it is served.

Written from what the documentation promises, over the finished file: a table that was copied
wrongly, or a promise that no model knows of, is found here and not by a dashboard.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from arr_ledger.audit.checkpoint import audit
from arr_ledger.audit.promises import promised_columns
from arr_ledger.audit.published_customers import customers, months, spans
from arr_ledger.audit.published_movements import (
    bridge,
    drivers_of_a_month,
    movements,
    movements_of_a_month,
)
from arr_ledger.audit.published_retention import cohorts, retention
from arr_ledger.audit.published_texts import text_columns
from arr_ledger.audit.statements import Table, between, filled, has_one_row, like


def audit_published(release_file: Path, folder: Path) -> int:
    """Audits a finished release file; returns how many statements held.

    The pages are written into the folder. RefreshRefusedError: a statement does not hold.
    """
    with duckdb.connect(str(release_file), read_only=True) as connection:
        return audit("published", connection, published_tables(), folder)


def published_tables() -> tuple[Table, ...]:
    """The tables that are audited, in the order of a refusal."""
    return (
        promised_columns(),
        _release(),
        bridge(),
        movements(),
        movements_of_a_month(),
        drivers_of_a_month(),
        spans(),
        months(),
        customers(),
        retention(),
        cohorts(),
        text_columns(),
    )


def _release() -> Table:
    return Table(
        "marts._release",
        ("release_id",),
        (
            has_one_row("The file says once which release it is."),
            filled("release_id"),
            filled("as_of_date"),
            filled("built_at"),
            like("extracts_sha256", "[0-9a-f]{64}", "The extracts are known by their SHA-256."),
            between("tests_run", "At least one test ran and passed.", 1),
        ),
    )
