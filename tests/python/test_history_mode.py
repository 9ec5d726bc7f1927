"""Tables that a loader lands in history mode, one row per version: the version in force speaks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner
from landing_extracts import query, write_extracts
from ledger_harness import Ledger

from arr_ledger.audit.landed import landed_tables
from arr_ledger.landing import LandingRefusedError, land
from arr_ledger.landing.declared import declared_systems

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNTS = """\
id,name,is_deleted,_fivetran_active,_fivetran_start,_fivetran_synced
001A,Acorn,false,false,2025-01-01 00:00:00,2025-02-01 01:00:00
001A,Acorn Ltd,false,true,2025-02-01 00:00:00,2025-02-01 01:00:00
"""
OPPORTUNITIES = """\
id,account_id,name,type,stage_name,amount,is_closed,is_won,close_date,created_date,is_deleted,\
_fivetran_active,_fivetran_start,_fivetran_end,_fivetran_synced
006A,001A,Deal,New Business,Proposal,900,false,false,2025-03-31 00:00:00,2025-01-05 09:00:00,\
false,false,2025-01-05 09:00:00,2025-03-10 14:59:59.999,2025-01-05 10:00:00
006A,001A,Deal,New Business,Closed Won,1200,true,true,2025-03-10 00:00:00,2025-01-05 09:00:00,\
false,true,2025-03-10 15:00:00,9999-12-31 23:59:59.999,2025-03-10 16:00:00
006B,001A,Other,New Business,Proposal,500,false,false,2025-05-31 00:00:00,2025-02-05 09:00:00,\
false,true,2025-02-05 09:00:00,9999-12-31 23:59:59.999,2025-02-05 10:00:00
"""
VERSIONED = [
    *(("salesforce", name) for name in declared_systems()["salesforce"].tables),
    *(
        ("stripe", name)
        for name in (
            *("customer", "product", "price", "plan", "coupon", "invoice", "subscription_item"),
            *("subscription_discount", "discount", "subscription_history"),
        )
    ),
]


@pytest.mark.parametrize(("system", "table"), VERSIONED)
def test_the_start_of_a_version_is_part_of_the_key_of_every_table(system: str, table: str) -> None:
    keys = declared_systems()[system].tables[table].keys
    assert [key.name for key in keys] == ["id", "_fivetran_start"]


def test_versions_of_accounts_and_opportunities_land_and_the_one_in_force_speaks(
    tmp_path: Path,
) -> None:
    extracts = write_extracts(tmp_path, "salesforce", account=ACCOUNTS, opportunity=OPPORTUNITIES)
    landing = land(extracts, tmp_path / "x.duckdb", date(2025, 6, 30))
    assert [(each.name, each.rows, each.put_aside) for each in landing.tables] == [
        ("raw_salesforce.account", 2, {}),
        ("raw_salesforce.opportunity", 3, {}),
    ]
    variables = {"crm_systems": ["salesforce"], "as_of_date": "2025-06-30"}
    wanted = ["int_crm_accounts", "int_opportunities"]
    book = {}
    for table in ("account", "opportunity"):
        with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
            found = connection.execute(f"from raw_salesforce.{table}")
            names = [column[0] for column in found.description if column[0] != "_load_id"]
            book[table] = [dict(zip(names, row, strict=False)) for row in found.fetchall()]
    run = Ledger(variables, only=wanted).run(book)
    (account,) = run.rows("int_crm_accounts")
    assert account["account_name"] == "Acorn Ltd"
    (won,) = (each for each in run.rows("int_opportunities") if each["is_won"])
    assert (won["opportunity_id"], won["amount_in_currency"]) == ("006A", 1200)


def test_two_versions_from_one_instant_that_disagree_are_put_aside(tmp_path: Path) -> None:
    twice = ACCOUNTS.replace("2025-02-01 00:00:00", "2025-01-01 00:00:00").replace(
        "2025-02-01 01:00:00", "2025-01-02 01:00:00", 1
    )
    twice += "".join(f"x{n},,,,2025-01-01 00:00:00,\n" for n in range(400))
    landing = land(write_extracts(tmp_path, "salesforce", account=twice), tmp_path / "x.duckdb")
    assert landing.tables[0].put_aside == {"superseded": 1}
    unsynced = twice.replace("2025-02-01 01:00:00", "").replace("2025-01-02 01:00:00", "")
    landing = land(write_extracts(tmp_path, "salesforce", account=unsynced), tmp_path / "y.duckdb")
    assert landing.tables[0].put_aside == {"fault": 2}


def test_without_the_column_of_versions_the_id_alone_is_the_key(tmp_path: Path) -> None:
    rows = "id,name\n001A,Acorn\n001A,Acorn Ltd\n"
    with pytest.raises(LandingRefusedError, match="'001A' is already on line 2; keep one row"):
        land(write_extracts(tmp_path, "salesforce", account=rows), tmp_path / "x.duckdb")


def test_a_table_that_begins_to_keep_versions_loses_no_row(tmp_path: Path) -> None:
    for content in ("id,name\n001A,Acorn Ltd\n", ACCOUNTS):
        extracts = write_extracts(tmp_path, "salesforce", account=content)
        land(extracts, tmp_path / "x.duckdb")
    assert query(tmp_path, "select count(*) from raw_salesforce.landed_rows_gone") == [(0,)]


VERSIONS = "_fivetran_active,_fivetran_start"
FIRST, SECOND = "false,2025-01-01 00:00:00", "true,2025-02-01 00:00:00"
GONE = "false,2025-02-01 00:00:00"
STRIPE = {
    "customer": f"id,name,{VERSIONS}\nc,Old,{FIRST}\nc,New,{SECOND}\n"
    f"g,Was,{FIRST}\ng,Last,{GONE}\n",
    "product": f"id,name,{VERSIONS}\np,Old,{FIRST}\np,New,{SECOND}\ng,Was,{FIRST}\ng,Last,{GONE}\n",
    "price": f"id,currency,unit_amount,{VERSIONS}\na,usd,1,{FIRST}\na,usd,2,{SECOND}\n"
    f"g,usd,3,{FIRST}\ng,usd,4,{GONE}\n",
    "plan": f"id,currency,amount,{VERSIONS}\na,usd,1,{FIRST}\na,usd,2,{SECOND}\n"
    f"g,usd,3,{FIRST}\ng,usd,4,{GONE}\n",
    "coupon": f"id,percent_off,{VERSIONS}\na,1,{FIRST}\na,2,{SECOND}\ng,3,{FIRST}\ng,4,{GONE}\n",
    "invoice": f"id,total,currency,{VERSIONS}\na,1,usd,{FIRST}\na,2,usd,{SECOND}\ng,3,usd,{GONE}\n",
    "invoice_line_item": f"id,amount,{VERSIONS}\na,1,{FIRST}\na,2,{SECOND}\ng,3,{GONE}\n",
    "subscription_item": f"id,subscription_id,quantity,{VERSIONS},_fivetran_end\n"
    f"a,s,1,{FIRST},2025-01-31 23:59:59\na,s,2,{SECOND},9999-12-31 23:59:59\n"
    f"g,s,3,{FIRST},2025-01-31 23:59:59\ng,s,4,{GONE},2025-07-10 10:00:00\n"
    f"late,s,5,{SECOND},\nlate,s,6,false,2025-03-01 00:00:00,\n"
    f"lost,s,7,{FIRST},\nundated,s,8,false,,\n",
    "subscription_discount": f"id,coupon_id,subscription_id,{VERSIONS}\na,k1,s,{FIRST}\n"
    f"a,k2,s,{SECOND}\ng,k3,s,{GONE}\n",
    "discount": f"id,coupon_id,{VERSIONS}\na,k1,{FIRST}\na,k2,{SECOND}\ng,k3,{GONE}\n",
    "subscription": "id,customer_id,status,created\ns,c,active,2024-01-01\n",
}
STAGED = [
    ("customers", "customer_name", ["Last", "New"]),
    ("customers where is_deleted", "customer_name", ["Last"]),
    ("products", "product_name", ["Last", "New"]),
    ("prices", "unit_amount_minor", [2, 4]),
    ("plans", "unit_amount_minor", [2, 4]),
    ("coupons", "percent_off", [2, 4]),
    ("invoices", "total_minor", [2, 3]),
    ("invoices where is_deleted", "total_minor", [3]),
    ("invoice_line_items", "amount_minor", [2]),
    # what an item was before counts where no invoice says it
    ("subscription_items", "quantity", [1, 2, 3, 4, 5, 7]),
    ("subscription_items where ended_at is null", "quantity", [2, 5]),
    ("subscription_discounts", "coupon_id", ["k2"]),
    ("customer_discounts", "coupon_id", ["k2"]),
]


def staged_stripe(folder: Path) -> None:
    """Builds the staging models of Stripe over the tables that landed in x.duckdb of a folder."""
    variables = {
        "use_sample_extracts": False,
        "billing_systems": ["stripe"],
        "crm_systems": [],
        "health_systems": [],
    }
    done = dbtRunner().invoke(
        [
            *("run", "--quiet", "--select", "stg_stripe__*", "--vars", json.dumps(variables)),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ]
    )
    assert done.success, done.exception or [each.message for each in done.result.results]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file with the staging models of Stripe over tables in history mode."""
    folder = tmp_path_factory.mktemp("history")
    land(write_extracts(folder, "stripe", **STRIPE), folder / "x.duckdb")
    kept = os.environ.get("ARR_LEDGER_DATABASE")
    os.environ["ARR_LEDGER_DATABASE"] = str(folder / "x.duckdb")
    staged_stripe(folder)
    yield folder
    if kept is None:
        del os.environ["ARR_LEDGER_DATABASE"]
    else:
        os.environ["ARR_LEDGER_DATABASE"] = kept


@pytest.mark.parametrize(("model", "column", "values"), STAGED)
def test_staging_of_stripe_reads_the_version_in_force_once(
    staged: Path, model: str, column: str, values: list
) -> None:
    with duckdb.connect(str(staged / "x.duckdb")) as connection:
        found = connection.execute(f"select {column} from staging.stg_stripe__{model} order by 1")
        assert [value for (value,) in found.fetchall()] == values


def test_a_version_of_an_item_ends_with_the_next_one_or_when_the_item_was_removed(
    staged: Path,
) -> None:
    """Of late the version in force speaks, and no one knows when lost was removed."""
    with duckdb.connect(str(staged / "x.duckdb")) as connection:
        found = connection.execute(
            "select quantity, version_started_at::varchar, ended_at::varchar"
            " from staging.stg_stripe__subscription_items order by 1"
        ).fetchall()
    february = "2025-02-01 00:00:00"
    assert found == [
        (1, None, february),
        (2, february, None),
        (3, None, february),
        (4, february, "2025-07-10 10:00:00"),
        (5, february, None),
        (7, None, "2025-01-01 00:00:00"),
    ]


def test_the_audit_of_what_landed_takes_a_version_for_a_row(staged: Path) -> None:
    with duckdb.connect(str(staged / "x.duckdb")) as connection:
        keys = {table.name: table.keys for table in landed_tables(connection)}
    assert keys["raw_stripe.price"] == ("id", "_fivetran_start")
    assert keys["raw_stripe.subscription"] == ("id",)


def test_a_row_that_the_loader_marks_as_deleted_is_not_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marked in tables without versions: what history refers to stays, an item ends."""
    mark, june = "_fivetran_deleted", "2025-06-15 10:00:00"
    extracts = write_extracts(
        tmp_path,
        "stripe",
        customer=f"id,name,{mark}\na,There,false\ng,Was,true\n",
        price=f"id,currency,unit_amount,{mark}\na,usd,1,\ng,usd,2,true\n",
        coupon=f"id,percent_off,{mark}\na,1,\ng,2,true\n",
        invoice=f"id,total,currency,{mark}\na,1,usd,\ng,2,usd,true\n",
        invoice_line_item=f"id,amount,{mark}\na,1,\ng,2,true\n",
        subscription_discount=f"id,coupon_id,subscription_id,{mark}\na,k1,s,\ng,k2,s,true\n",
        discount=f"id,coupon_id,{mark}\na,k1,\ng,k2,true\n",
        subscription=f"id,customer_id,status,created,{mark},_fivetran_synced\n"
        f"s,c,active,2024-01-01,,{june}\ng,c,active,2024-01-01,true,{june}\n",
        subscription_item=f"id,subscription_id,quantity,{mark},is_deleted,_fivetran_synced\n"
        f"a,s,1,,,{june}\ng,s,2,true,,{june}\nh,s,3,,true,{june}\n",
    )
    land(extracts, tmp_path / "x.duckdb")
    monkeypatch.setenv("ARR_LEDGER_DATABASE", str(tmp_path / "x.duckdb"))
    staged_stripe(tmp_path)
    columns = {
        "customers": "customer_id, is_deleted",
        "prices": "price_id",
        "coupons": "coupon_id",
        "invoices": "invoice_id, is_deleted",
        "invoice_line_items": "invoice_line_item_id",
        "subscription_discounts": "discount_id",
        "customer_discounts": "discount_id",
        "subscription_versions": "subscription_id, is_active_version",
        "subscription_items": "subscription_item_id, ended_at::varchar",
    }
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        found = {
            model: connection.execute(
                f"select {names} from staging.stg_stripe__{model} order by 1"
            ).fetchall()
            for model, names in columns.items()
        }
    assert found == {
        "customers": [("a", False), ("g", True)],
        "prices": [("a",), ("g",)],
        "coupons": [("a",), ("g",)],
        "invoices": [("a", False), ("g", True)],
        "invoice_line_items": [("a",)],
        "subscription_discounts": [("a",)],
        "customer_discounts": [("a",)],
        "subscription_versions": [("g", False), ("s", True)],
        "subscription_items": [("a", None), ("g", june), ("h", june)],
    }
