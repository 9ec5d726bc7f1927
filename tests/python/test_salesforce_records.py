"""One company in Salesforce, told in other ways: ids of 15 or 18 characters, versions of its rows.

Each way is the same company, so every mart must give the same rows.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ledger_harness import Ledger

Row = dict[str, object]
Book = dict[str, list[Row]]

MARTS = [
    "dim_customers",
    "dim_owners",
    "fct_arr_movements",
    "fct_customer_arr_monthly",
    "fct_won_opportunities",
    "fct_buyer_changes",
    "rpt_contact_roles",
    "rpt_opportunity_reconciliation",
    "rpt_ledger_findings",
]
ALSO = ["int_customer_trait_spans", "int_opportunity_product_families"]
VARIABLES = {"as_of_date": "2025-06-30", "crm_systems": ["salesforce"]}

RECORDS = {
    "account": "id",
    "user": "id",
    "opportunity": "id",
    "opportunity_line_item": "id",
    "product_2": "id",
    "contact": "id",
    "account_contact_relation": "id",
    "opportunity_contact_role": "id",
}
MENTIONS = {
    "customers": ["crm_account_id"],
    "account": ["parent_id", "master_record_id", "owner_id", "csm_id_c"],
    "account_history": ["id", "parent_id", "master_record_id", "owner_id", "csm_id_c"],
    "user": ["manager_id"],
    "opportunity": ["account_id", "owner_id"],
    "opportunity_line_item": ["opportunity_id", "product_2_id"],
    "account_contact_relation": ["account_id", "contact_id"],
    "opportunity_contact_role": ["opportunity_id", "contact_id"],
}


def record(prefix: str, number: int) -> str:
    return f"{prefix}5f000000a{number:03d}QAA"


def account(number: int, **more: object) -> Row:
    return {
        "id": record("001", number),
        "name": f"Company {number}",
        "segment_c": "smb",
        "owner_id": record("005", 1),
        "csm_id_c": record("005", 2),
        "is_deleted": False,
        "_fivetran_synced": "2025-06-01 00:00:00",
        **more,
    }


def company() -> Book:
    """Account 1 belongs to 2, account 3 was merged into 1; 1 grew by a won opportunity."""
    line = {"product_id": "P", "term_months": 12, "currency": "USD", "end_date": None}
    owned = {"id": record("001", 1), "owner_id": record("005", 1), "csm_id_c": record("005", 2)}
    return {
        "customers": [
            {"customer_id": f"c{number}", "crm_account_id": record("001", number)}
            for number in (1, 2, 3)
        ],
        "subscription_lines": [
            {**line, "line_id": f"l{number}", "customer_id": f"c{of}", "start_date": start}
            | {"term_amount": amount}
            for number, (of, start, amount) in enumerate(
                [
                    (1, "2024-01-01", 1200),
                    (2, "2024-02-01", 600),
                    (3, "2024-03-01", 300),
                    (1, "2025-03-01", 480),
                ]
            )
        ],
        "account": [
            account(1, parent_id=record("001", 2)),
            account(2),
            account(3, master_record_id=record("001", 1), is_deleted=True),
        ],
        "account_history": [
            {
                **owned,
                "segment_c": "mid",
                "_fivetran_start": "2024-01-01 00:00:00",
                "_fivetran_end": "2024-06-30 00:00:00",
                "_fivetran_active": False,
            },
            {
                **owned,
                "segment_c": "smb",
                "parent_id": record("001", 2),
                "_fivetran_start": "2024-06-30 00:00:01",
                "_fivetran_active": True,
            },
        ],
        "user": [
            {"id": record("005", 1), "department": "AM", "manager_id": record("005", 3)},
            {"id": record("005", 2), "department": "CSM"},
            {"id": record("005", 3), "department": "Sales"},
        ],
        "opportunity": [
            {
                "id": record("006", number),
                "account_id": record("001", number),
                "type": "Upsell",
                "owner_id": record("005", 3),
                "amount": amount,
                "is_closed": True,
                "is_won": True,
                "close_date": "2025-03-01 00:00:00",
                "created_date": "2025-01-05 09:00:00",
            }
            for number, amount in ((1, 480), (2, 90))
        ],
        "opportunity_line_item": [
            {
                "id": record("00k", 1),
                "opportunity_id": record("006", 1),
                "product_2_id": record("01t", 1),
                "total_price": 480,
            }
        ],
        "product_2": [{"id": record("01t", 1), "product_code": "P", "family": "Suite"}],
        "contact": [
            {"id": record("003", 1)},
            {"id": record("003", 2), "left_company_date_c": "2025-05-02"},
        ],
        "account_contact_relation": [
            {
                "id": record("07k", 1),
                "account_id": record("001", 1),
                "contact_id": record("003", 1),
                "roles": "Champion",
                "start_date": "2024-02-01",
                "end_date": "2025-04-01",
            }
        ],
        "opportunity_contact_role": [
            {
                "id": record("00K", 1),
                "opportunity_id": record("006", 1),
                "contact_id": record("003", 2),
                "role": "Economic Buyer",
                "created_date": "2025-01-06 09:00:00",
            }
        ],
    }


def short(row: Row, column: str) -> None:
    if row.get(column):
        row[column] = str(row[column])[:15]


def with_short_mentions(book: Book) -> Book:
    for table, columns in MENTIONS.items():
        for row in book[table]:
            for column in columns:
                short(row, column)
    return book


def with_mixed_mentions(book: Book) -> Book:
    """Every second mention is short, so that one table names one record in both ways."""
    number = 0
    for table, columns in MENTIONS.items():
        for row in book[table]:
            for column in columns:
                number += 1
                if number % 2:
                    short(row, column)
    return book


def landed_under_both_forms(book: Book) -> Book:
    for table in RECORDS:
        for row in list(book[table]):
            older = {**row, "id": str(row["id"])[:15]}
            if table == "account":
                older |= {"_fivetran_synced": "2025-05-01 00:00:00", "segment_c": "older"}
            book[table].append(older)
    return book


def versions(earlier: object, now: object) -> Callable[[Book], Book]:
    """Every row has an earlier version that says otherwise; both are marked as asked."""
    other = {
        "opportunity": {"amount": 7, "is_won": False},
        "opportunity_line_item": {"total_price": 7},
        "product_2": {"family": "Old"},
        "user": {"department": "Old"},
        "contact": {"left_company_date_c": "2024-02-02"},
        "account_contact_relation": {"roles": "Evaluator", "end_date": "2024-02-02"},
        "opportunity_contact_role": {"role": "Evaluator"},
    }

    def told(book: Book) -> Book:
        for table, differs in other.items():
            for row in list(book[table]):
                start = {"_fivetran_start": "2024-01-01 00:00:00"}
                book[table].append({**row, **differs, **start, "_fivetran_active": earlier})
                row |= {"_fivetran_start": "2024-05-01 00:00:00", "_fivetran_active": now}
        return book

    return told


WAYS: dict[str, Callable[[Book], Book]] = {
    "every mention short": with_short_mentions,
    "every second mention short": with_mixed_mentions,
    "every record landed under both forms": landed_under_both_forms,
    "an earlier version of every record": versions(False, True),
    "two versions that both claim to be in force": versions(True, True),
    "two versions without the mark": versions(None, None),
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(VARIABLES, only=[*MARTS, *ALSO])


def answers(ledger: Ledger, book: Book) -> dict[str, list[str]]:
    run = ledger.run(book)
    return {name: sorted(map(repr, run.rows(name))) for name in [*MARTS, *ALSO]}


@pytest.fixture(scope="module")
def plain(ledger: Ledger) -> dict[str, list[str]]:
    return answers(ledger, company())


def test_the_company_is_in_every_mart(plain: dict[str, list[str]]) -> None:
    assert [name for name, rows in plain.items() if not rows] == ["rpt_ledger_findings"]
    assert all(record("001", 1) in row or record("001", 2) in row for row in plain["dim_customers"])
    assert len(plain["dim_customers"]) == 2


@pytest.mark.parametrize("way", WAYS)
def test_another_way_to_tell_the_same_company_changes_no_row(
    ledger: Ledger, plain: dict[str, list[str]], way: str
) -> None:
    assert answers(ledger, WAYS[way](company())) == plain
