"""The latest published month in a terminal: the ARR bridge and the twelve-month retention rates."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import click
import duckdb

from arr_ledger.coverage import uncovered_told
from arr_ledger.marts_file import marts_of

BRIDGE_ROWS = {
    "beginning_arr": "Beginning ARR",
    "opening_balance_arr": "Opening balance",
    "new_arr": "New",
    "reactivation_arr": "Reactivation",
    "expansion_arr": "Expansion",
    "contraction_arr": "Contraction",
    "churn_arr": "Churn",
    "fx_arr": "Exchange rates",
    "transfer_arr": "Transfer",
    "ending_arr": "Ending ARR",
}
RETENTION_ROWS = {
    "ndr": "NDR, 12 months",
    "grr": "GRR, 12 months",
    "logo_retention": "Logo retention, 12 months",
}


def summary(database: Path) -> str:
    """Where the marts are, and their latest month for the whole company."""
    with marts_of(database, click.ClickException) as connection:
        month, bridge = _bridge(connection)
        retention = _retention(connection, month)
    lines = [
        f"Marts: {database.resolve()}, schema marts",
        "",
        f"Latest published month: {month:%B %Y}",
    ]
    lines += [f"  {label:<28}{bridge[name]:>18,.2f}" for name, label in BRIDGE_ROWS.items()]
    lines += [""] + [f"  {label:<28}{text:>18}" for label, text in retention]
    missing = uncovered_told(database)
    lines += ["", "Marts without data:", *(f"  {line}" for line in missing)] if missing else []
    return "\n".join(lines)


def _bridge(connection: duckdb.DuckDBPyConnection) -> tuple[date, dict[str, Decimal]]:
    row = connection.execute(
        f"""
        select date_month, {", ".join(BRIDGE_ROWS)} from marts.rpt_arr_bridge_monthly
        where segment_type = 'all' order by date_month desc limit 1
        """
    ).fetchone()
    if row is None:
        raise click.ClickException(
            "marts.rpt_arr_bridge_monthly: has no month yet; check as_of_date."
        )
    return row[0], dict(zip(BRIDGE_ROWS, row[1:], strict=True))


def _retention(connection: duckdb.DuckDBPyConnection, month: date) -> list[tuple[str, str]]:
    row = connection.execute(
        f"""
        select {", ".join(RETENTION_ROWS)}, base_arr, base_customers from marts.rpt_ndr_grr_monthly
        where segment_type = 'all' and window_months = 12 and date_month = ?
        """,
        [month],
    ).fetchone()
    if row is None:
        return [(label, "no base yet") for label in RETENTION_ROWS.values()]
    *rates, base_arr, base_customers = row
    shown = ["no base yet" if rate is None else f"{rate:.1%}" for rate in rates]
    return [
        *zip(RETENTION_ROWS.values(), shown, strict=True),
        ("Base: ARR 12 months before", f"{base_arr:,.2f}"),
        ("Base: customers", f"{base_customers:,}"),
    ]
