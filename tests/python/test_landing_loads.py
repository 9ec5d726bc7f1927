"""Every landed row says which load brought it in its present form, and no landing forgets."""

import hashlib
from pathlib import Path

import duckdb
from landing_extracts import query, write_extracts

from arr_ledger.landing import land

HEADER = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
FIRST = HEADER + "L1,C1,P,2024-01-01,,1200,12,USD\nL2,C2,P,2024-01-01,,600,12,USD\n"
SECOND = HEADER + "L1,C1,P,2024-01-01,,1200,12,USD\nL3,C3,P,2024-01-01,,600,12,USD\n"
THIRD = HEADER + "L3,C3,P,2024-01-01,,900,12,USD\nL1,C1,P,2024-01-01,,1200,12,USD\n"
LOADS = (
    "select landing_number, load_id, table_name, file_name, landed_rows, new_rows, changed_rows,"
    " gone_rows from raw_custom_billing.landed_loads order by table_name, landing_number"
)


def id_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def land_lines(folder: Path, content: str, **others: str) -> None:
    for left_over in folder.glob("extracts/custom_billing/*"):
        left_over.unlink()
    land(write_extracts(folder, subscription_lines=content, **others), folder / "x.duckdb")


def load_ids(folder: Path) -> dict[str, str]:
    sql = (
        "select line_id, _load_id from raw_custom_billing.subscription_lines"
        " where _deleted_date is null"
    )
    return dict(query(folder, sql))


def test_an_unchanged_row_keeps_the_load_that_brought_it(tmp_path: Path) -> None:
    land_lines(tmp_path, FIRST)
    assert load_ids(tmp_path) == {"L1": id_of(FIRST), "L2": id_of(FIRST)}
    land_lines(tmp_path, SECOND)
    assert load_ids(tmp_path) == {"L1": id_of(FIRST), "L3": id_of(SECOND)}
    land_lines(tmp_path, THIRD)
    assert load_ids(tmp_path) == {"L1": id_of(FIRST), "L3": id_of(THIRD)}
    table = ("subscription_lines", "subscription_lines.csv", 2)
    assert query(tmp_path, LOADS) == [
        (1, id_of(FIRST), *table, 2, 0, 0),
        (2, id_of(SECOND), *table, 1, 0, 1),
        (3, id_of(THIRD), *table, 0, 1, 0),
    ]


def test_a_row_that_vanished_is_kept_with_the_load_that_lacked_it(tmp_path: Path) -> None:
    land_lines(tmp_path, FIRST)
    land_lines(tmp_path, SECOND)
    assert query(tmp_path, "select * from raw_custom_billing.landed_rows_gone") == [
        ("subscription_lines", "L2", 2, id_of(SECOND), id_of(FIRST))
    ]


def test_the_same_bytes_again_change_nothing(tmp_path: Path) -> None:
    customers = "customer_id,segment\nC1,enterprise\n"
    land_lines(tmp_path, FIRST, customers=customers)
    land_lines(tmp_path, SECOND)

    def everything() -> list[list[tuple]]:
        tables = ["subscription_lines", "landed_loads", "landed_rows_gone"]
        return [
            query(tmp_path, f"select * from raw_custom_billing.{t} order by all") for t in tables
        ]

    before = everything()
    land_lines(tmp_path, SECOND)
    assert everything() == before


def test_a_table_left_out_loses_its_rows_to_a_load_without_a_file(tmp_path: Path) -> None:
    land_lines(tmp_path, FIRST, customers="customer_id\nC1\nC2\n")
    land_lines(tmp_path, FIRST)
    assert query(tmp_path, LOADS)[1] == (2, id_of(""), "customers", None, 0, 0, 0, 2)
    assert query(
        tmp_path, "select row_key, load_id from raw_custom_billing.landed_rows_gone order by 1"
    ) == [("C1", id_of("")), ("C2", id_of(""))]


def test_a_load_that_comes_back_is_a_landing_of_its_own(tmp_path: Path) -> None:
    for content in (FIRST, SECOND, FIRST):
        land_lines(tmp_path, content)
    assert [row[:2] for row in query(tmp_path, LOADS)] == [
        (1, id_of(FIRST)),
        (2, id_of(SECOND)),
        (3, id_of(FIRST)),
    ]


def test_rows_landed_before_loads_were_kept_belong_to_the_next_load(tmp_path: Path) -> None:
    land_lines(tmp_path, FIRST)
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("alter table raw_custom_billing.subscription_lines drop _load_id")
        connection.execute("drop table raw_custom_billing.landed_loads")
    land_lines(tmp_path, SECOND)
    assert load_ids(tmp_path) == {"L1": id_of(SECOND), "L3": id_of(SECOND)}
    assert query(tmp_path, "select count(*) from raw_custom_billing.landed_rows_gone") == [(0,)]
