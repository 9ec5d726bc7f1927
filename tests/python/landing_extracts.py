"""Small extracts of the open format for the tests of landing."""

from pathlib import Path

import duckdb

HEADER = (
    "line_id,subscription_id,customer_id,product_id,plan_tier,start_date,end_date,term_amount,"
    "term_months,quantity,currency,charge_type,supersedes_line_id,notice_date,is_contracted_step\n"
)
LINES = (
    HEADER + "L1,S1,C1,P1,pro,2024-01-01,2025-01-01,1200.50,12,3,USD,recurring,,,TRUE\n"
    "L2,,,P1,,2024-02-29,,-10,1,,usd,,L1,2024-03-01,\n"
    'L3,00123,29051_00040,P2,"a, b",2024-01-01,9999-12-31,.3300000,0.5,1.,USD,'
    "trial,,,false\n"
)
CUSTOMERS = "customer_id,customer_name,created_date\nC1,Acme,2024-01-01\nC2,,\n"


def write_extracts(folder: Path, system: str = "custom_billing", **tables: str | bytes) -> Path:
    """Writes <folder>/extracts/<system>/<table>.csv per table; returns the extracts folder."""
    target = folder / "extracts" / system
    target.mkdir(parents=True, exist_ok=True)
    for table, content in tables.items():
        encoded = content.encode() if isinstance(content, str) else content
        (target / f"{table}.csv").write_bytes(encoded)
    return folder / "extracts"


def query(folder: Path, sql: str) -> list[tuple]:
    """The rows of a query on <folder>/x.duckdb."""
    with duckdb.connect(str(folder / "x.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()
