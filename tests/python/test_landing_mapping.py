"""The mapping that the how-to page shows, run as it stands there on a few rows."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from landing_extracts import query

from arr_ledger.landing import land

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "connect_your_billing_system.md"
ACCOUNTS = "account_id,account_name,industry,country,seats\nA-1,Company_1,EdTech,US,9\n"
SUBSCRIPTIONS = """\
subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,is_trial,billing_frequency
S-1,A-1,12/3/2023,4/12/2024,Enterprise,14,2786,FALSE,monthly
S-2,A-1,6/11/2024,,Pro,17,833,FALSE,annual
S-3,A-1,6/11/2024,,Basic,3,0,TRUE,annual
"""


def test_the_mapping_of_the_page_lands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mapping,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ravenstack").mkdir()
    (tmp_path / "extracts" / "custom_billing").mkdir(parents=True)
    (tmp_path / "ravenstack" / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "ravenstack" / "subscriptions.csv").write_text(SUBSCRIPTIONS)
    with duckdb.connect() as connection:
        connection.execute(mapping)
    land(Path("extracts"), Path("x.duckdb"))
    assert query(
        tmp_path,
        "select line_id, start_date, end_date, term_amount, term_months, quantity, charge_type"
        " from raw_custom_billing.subscription_lines order by line_id",
    ) == [
        ("S-1", date(2023, 12, 3), date(2024, 4, 12), Decimal(2786), 1, 14, "recurring"),
        ("S-2", date(2024, 6, 11), None, Decimal(9996), 12, 17, "recurring"),
        ("S-3", date(2024, 6, 11), None, Decimal(0), 12, 3, "trial"),
    ]
    assert query(
        tmp_path, "select customer_name, industry, region from raw_custom_billing.customers"
    ) == [("Company_1", "EdTech", "US")]
