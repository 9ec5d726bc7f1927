"""Any column of the customer is a segment column; every combination of columns is a plain sum."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from ledger_harness import Ledger, LedgerRun

from arr_ledger.landing.land import land
from arr_ledger.sql import quoted

COLUMNS = ["country", "segment", "price_list"]
SHORT = {"as_of_date": "2025-06-30", "retention_windows": [1, 12]}
CUSTOMERS = [
    # customer, country, segment, price list
    ("a", "DE", "smb", "2023"),
    ("b", "DE", "mid", "2023"),
    ("c", "FR", "smb", ""),
    ("d", None, "smb", "2024"),
    ("e", "FR", "mid", "2024"),
]
# customer, first day, day after the last, ARR
LINES = [
    ("a", "2024-01-10", None, 1200),
    ("a", "2024-07-01", None, 300),
    ("b", "2024-02-01", "2025-03-15", 2400),
    ("c", "2024-03-01", "2024-09-01", 600),
    ("c", "2025-01-01", None, 480),
    ("d", "2024-05-01", None, 900),
    ("d", "2025-02-01", None, -1000),
    ("e", "2024-06-01", "2025-06-01", 1000),
    ("e", "2025-06-01", None, 700),
]


PROJECT = Path(__file__).resolve().parents[2]
# published since before segment columns had a variable, and a benchmark that is about a segment
NAMED_FOR_READERS = {
    "fct_renewal_base.sql",
    "fct_renewal_base.yml",
    "fct_renewal_base_snapshots.sql",
    "fct_renewal_base_snapshots.yml",
    "rpt_benchmark_comparison.sql",
}


def lines() -> list[dict]:
    return [
        {
            "line_id": f"l{number}",
            "customer_id": customer,
            "product_id": "P",
            "start_date": start,
            "end_date": end,
            "term_amount": amount,
            "term_months": 12,
            "currency": "USD",
        }
        for number, (customer, start, end, amount) in enumerate(LINES)
    ]


def billing_book() -> dict[str, list[dict]]:
    names = ["customer_id", *COLUMNS]
    return {
        "customers": [dict(zip(names, customer, strict=True)) for customer in CUSTOMERS],
        "subscription_lines": lines(),
        # a moves from Germany to France in March 2025
        "customer_versions": [
            {
                "customer_id": "a",
                "valid_from": since,
                "country": country,
                "segment": "smb",
                "price_list": "2023",
            }
            for since, country in (("2024-01-01", "DE"), ("2025-03-10", "FR"))
        ],
    }


@pytest.fixture(scope="module")
def run() -> LedgerRun:
    return Ledger({**SHORT, "segment_columns": COLUMNS}, with_tests=True).run(billing_book())


def test_nothing_below_staging_names_a_segment_column() -> None:
    # as a column, an alias, a text or an item of a list; prose may say that rows are cut by segment
    named = re.compile(
        r"""['"](?:segment|industry|region)['"]|\b(?:segment|industry|region)(?=[,\]]|\s*$|\s*=)"""
        r"""|\.(?:segment|industry|region)\b|name: (?:segment|industry|region)\b"""
    )
    found = {
        path.name
        for folder in ("intermediate", "marts", "semantic_models", "exposures")
        for path in (PROJECT / "models" / folder).rglob("*")
        if path.suffix in (".sql", ".yml") and not path.name.endswith("__unit_tests.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith(("--", "#", "{#", "description:"))
        and "description: " not in line
        and named.search(line)
    }
    assert found <= NAMED_FOR_READERS, sorted(found - NAMED_FOR_READERS)


def value_at(customer: str, column: str, month: date) -> str:
    if customer == "a" and column == "country":
        return "FR" if month >= date(2025, 3, 1) else "DE"
    row = next(row for row in CUSTOMERS if row[0] == customer)
    return row[1 + COLUMNS.index(column)] or "unknown"


def balances(run: LedgerRun) -> dict[tuple[str, date], Decimal]:
    rows = run.query("select customer_id, date_month, arr from marts.fct_customer_arr_monthly")
    return {(row["customer_id"], row["date_month"]): row["arr"] for row in rows}


SLICES = [list(chosen) for size in range(4) for chosen in combinations(COLUMNS, size)]


@pytest.mark.parametrize("columns", SLICES, ids=lambda columns: "+".join(columns) or "all")
def test_any_combination_of_columns_is_a_plain_sum_of_balances(
    run: LedgerRun, columns: list[str]
) -> None:
    expected: dict[tuple, list] = {}
    for (customer, month), arr in balances(run).items():
        place = (month, *(value_at(customer, column, month) for column in columns))
        sums = expected.setdefault(place, [Decimal(0), 0])
        sums[0] += arr
        sums[1] += arr > 0
    listed = "".join(f", {quoted(column)}" for column in columns)
    rows = run.query(
        f"select date_month{listed}, sum(arr) as arr, sum(customers) as customers,"
        f" sum(mrr) as mrr from marts.fct_arr_by_segments_monthly group by date_month{listed}"
    )
    found = {
        (row["date_month"], *(row[column] for column in columns)): [row["arr"], row["customers"]]
        for row in rows
        if row["arr"] or row["customers"]
    }
    assert found == {place: sums for place, sums in expected.items() if any(sums)}
    assert all(row["mrr"] == pytest.approx(float(row["arr"]) / 12) for row in rows)


@pytest.mark.parametrize("columns", SLICES, ids=lambda columns: "+".join(columns) or "all")
def test_any_combination_of_columns_is_a_plain_sum_of_retention(
    run: LedgerRun, columns: list[str]
) -> None:
    held = balances(run)
    expected: dict[tuple, list] = {}
    for (customer, base_month), base in held.items():
        month = base_month.replace(year=base_month.year + 1)
        if base <= 0 or (last := max(at for _, at in held)) < month:
            continue
        now = held.get((customer, month), Decimal(0))
        assert month <= last
        place = (month, *(value_at(customer, column, base_month) for column in columns))
        sums = expected.setdefault(place, [0, 0, 0, 0, 0])
        amounts = (base, now, max(Decimal(0), min(base, now)), 1, int(now > 0))
        expected[place] = [so_far + more for so_far, more in zip(sums, amounts, strict=True)]
    listed = "".join(f", {quoted(column)}" for column in columns)
    rows = run.query(
        f"select date_month{listed}, sum(base_arr) as base, sum(net_retained_arr) as net,"
        " sum(gross_retained_arr) as gross, sum(base_customers) as customers,"
        " sum(retained_customers) as retained from marts.fct_retention_by_segments_monthly"
        f" where window_months = 12 group by date_month{listed}"
    )
    measures = ("base", "net", "gross", "customers", "retained")
    found = {
        (row["date_month"], *(row[column] for column in columns)): [row[name] for name in measures]
        for row in rows
    }
    assert found == expected


def test_movements_of_any_slice_lead_from_one_balance_to_the_next(run: LedgerRun) -> None:
    rows = run.query(
        "select country, sum(arr_change) as arr, sum(customers_change) as customers"
        " from marts.fct_arr_movements_by_segments_monthly group by country"
    )
    last = run.query(
        "select country, sum(arr) as arr, sum(customers) as customers"
        " from marts.fct_arr_by_segments_monthly where date_month = ? group by country",
        [date(2025, 6, 1)],
    )
    moved = {row["country"]: (row["arr"], row["customers"]) for row in rows}
    assert moved.pop("DE") == (0, 0)
    assert moved == {row["country"]: (row["arr"], row["customers"]) for row in last}
    carried = run.query(
        "select country, arr_change, customers_change, customers"
        " from marts.fct_arr_movements_by_segments_monthly"
        " where movement_type = 'transfer' order by country"
    )
    assert [tuple(row.values()) for row in carried] == [("DE", -1500, -1, 1), ("FR", 1500, 1, 1)]


def test_customers_have_a_bridge_of_their_own(run: LedgerRun) -> None:
    names = ["beginning", "new", "reactivated", "churned", "transferred", "ending"]
    rows = run.query(
        f"select {', '.join(f'{name}_customers' for name in names)}, arr_per_customer, ending_mrr"
        " from marts.rpt_arr_bridge_monthly where segment_type = 'country'"
        " and segment_value = 'DE' and date_month in (?, ?) order by date_month",
        [date(2025, 2, 1), date(2025, 3, 1)],
    )
    assert [list(row.values()) for row in rows] == [
        [2, 0, 0, 0, 0, 2, 1950.0, 325.0],
        [2, 0, 0, 1, -1, 0, None, 0.0],
    ]


def test_every_report_is_cut_by_the_columns_and_no_data_test_fails(run: LedgerRun) -> None:
    for mart in ("rpt_ndr_grr_monthly", "rpt_cohort_retention_monthly", "rpt_arr_bridge_monthly"):
        types = run.query(f"select distinct segment_type from marts.{mart} order by segment_type")
        assert [row["segment_type"] for row in types] == ["all", *sorted(COLUMNS)]
    customers = run.query("select customer_id, country, price_list from marts.dim_customers")
    assert {tuple(row.values()) for row in customers} >= {
        ("a", "FR", "2023"),
        ("d", "unknown", "2024"),
        ("c", "FR", "unknown"),
    }
    assert run.failing_tests() == {}


def test_a_field_of_salesforce_is_read_under_the_name_the_company_gave_it() -> None:
    variables = {
        **SHORT,
        "crm_systems": ["salesforce"],
        "segment_columns": ["country", "segment"],
        "salesforce_fields": {
            "country": "billing_country",
            "csm_owner_id": "success_manager_c",
            # billing says which segment it is, Salesforce does not
            "segment": "",
        },
    }
    book = {
        "customers": [
            {"customer_id": "a", "crm_account_id": "001", "country": "XX", "segment": "smb"},
            {"customer_id": "b", "country": "FR", "segment": "mid"},
        ],
        "subscription_lines": [row for row in lines() if row["customer_id"] in "ab"],
        "account": [
            {
                "id": "001",
                "name": "A",
                "billing_country": "DE",
                "segment_c": "ignored",
                "csm_id_c": "ignored",
                "success_manager_c": "u1",
                "owner_id": "u2",
            }
        ],
    }
    run = Ledger(variables, only=["dim_customers", "int_segment_sets"]).run(book)
    rows = run.query(
        "select customer_id, country, segment, csm_owner_id, am_owner_id from marts.dim_customers"
        " order by customer_id"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("001", "DE", "smb", "u1", "u2"),
        ("b", "FR", "mid", None, None),
    ]


def test_landing_keeps_the_columns_that_the_variables_name(tmp_path: Path) -> None:
    folder = tmp_path / "extracts" / "custom_billing"
    folder.mkdir(parents=True)
    (folder / "customers.csv").write_text("customer_id,Country,notes\na,DE,secret\n")
    (folder / "subscription_lines.csv").write_text(
        "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
        "l1,a,P,2024-01-01,,1200,12,USD\n"
    )
    for number, (variables, left_out) in enumerate(
        [({"segment_columns": ["country"]}, "notes"), ({}, "Country, notes")]
    ):
        database = tmp_path / f"{number}.duckdb"
        landing = land(tmp_path / "extracts", database, variables=variables)
        assert landing.left_out == [
            f"custom_billing/customers.csv: columns not declared, left out: {left_out}"
        ]
        with duckdb.connect(str(database)) as connection:
            columns = connection.execute(
                "select column_name from information_schema.columns"
                " where table_name = 'customers' and table_schema = 'raw_custom_billing'"
            ).fetchall()
        assert (("country",) in columns) is (number == 0)
    # a column that is named later lands in the tables of before
    land(tmp_path / "extracts", tmp_path / "1.duckdb", variables={"segment_columns": ["country"]})
    with duckdb.connect(str(tmp_path / "1.duckdb")) as connection:
        countries = connection.execute("select country from raw_custom_billing.customers")
        assert countries.fetchall() == [("DE",)]
