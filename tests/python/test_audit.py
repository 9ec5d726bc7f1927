"""What is stated about landed and published tables, and how a release that breaks it is refused."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from landing_extracts import HEADER, write_extracts

from arr_ledger.audit import audit_landed, audit_published
from arr_ledger.audit.checkpoint import audit
from arr_ledger.audit.landed import SYSTEMS, landed_tables
from arr_ledger.audit.published import published_tables
from arr_ledger.audit.statements import Table
from arr_ledger.landing import land
from arr_ledger.landing.declared import declared_systems
from arr_ledger.refresh import RefreshRefusedError
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.publish import Release, write_release

Stated = Callable[[duckdb.DuckDBPyConnection], Sequence[Table]]
SAMPLE = Path(__file__).resolve().parents[2] / "seeds" / "sample_extracts"
NEWEST = "date_month = '2026-06-01'"
ALL = f"segment_type = 'all' and {NEWEST}"
LINE = "L{0},S1,C1,P1,pro,{1},{2},1200,12,1,USD,recurring,,,\n"
RESOURCE = re.compile(r"""(?:https?:)?//[\w-]+\.|<(?:script|link|img|iframe)\b|url\(|@import""")


@pytest.fixture(scope="module")
def released(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a finished release of the sample company, before it is served."""
    folders = Folders(tmp_path_factory.mktemp("released"))
    folders.prepare()
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    release = Release("r1", "2026-07-01 06:00:00", "2026-06-30", "a" * 64, "1", "1.5.6", 7, None)
    return write_release(sample_database, manifest, release, folders) / folders.served.name


@pytest.fixture(scope="module")
def documents(
    released: Path, landed_sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The pages of an audit at both borders in which every statement holds."""
    folder = tmp_path_factory.mktemp("documents") / "audit"
    assert audit_landed(landed_sample, folder) > 100
    assert audit_published(released, folder) > 60
    return folder


@pytest.fixture(scope="module")
def landed_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extracts of the sample company, landed as they are."""
    folder = tmp_path_factory.mktemp("landed")
    for path in SAMPLE.glob("*/*__*.csv"):
        system, table = path.parent.name, path.stem.split("__")[1]
        if system in SYSTEMS and not table.startswith("landed_"):
            (folder / "extracts" / system).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / "extracts" / system / f"{table}.csv")
    land(folder / "extracts", folder / "x.duckdb")
    return folder / "x.duckdb"


def damaged(file: Path, folder: Path, *statements: str) -> Path:
    """A copy in which something went wrong."""
    copy = folder / "damaged.duckdb"
    shutil.copyfile(file, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    return copy


def refusal(file: Path, folder: Path, border: str, tables: Stated, table: str) -> list[str]:
    """What is said of the file by the statements about one table."""
    with duckdb.connect(str(file), read_only=True) as connection:
        stated = [each for each in tables(connection) if each.name == table]
        with pytest.raises(RefreshRefusedError) as refused:
            audit(border, connection, stated, folder / "audit")
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("table", "damage", "sentence"),
    [
        pytest.param(
            "marts.rpt_arr_bridge_monthly",
            f"update marts.rpt_arr_bridge_monthly set ending_arr = ending_arr + 0.01 where {ALL}",
            "column ending_arr: Beginning ARR"
            " and the movements of the month give ending ARR, to the cent. Not so: 1 of 1,020 rows"
            " are otherwise, such as date_month 2026-06-01, segment_type all, segment_value all,"
            " cents left over -1.",
            id="the bridge does not close by a cent",
        ),
        pytest.param(
            "marts.rpt_arr_bridge_monthly",
            "update marts.rpt_arr_bridge_monthly set beginning_arr = beginning_arr + 5,"
            f" ending_arr = ending_arr + 5 where {ALL}",
            "column beginning_arr: A month begins with the ending ARR of the month before; the"
            " first begins with 0. Not so: 1 of 1,020 rows",
            id="a month opens where the one before did not close",
        ),
        pytest.param(
            "marts.rpt_arr_bridge_monthly",
            f"delete from marts.rpt_arr_bridge_monthly where {NEWEST}",
            "column date_month: The newest month is the last one that was complete on"
            " _release.as_of_date. Not so: found -1 months after the last complete one.",
            id="the newest month is not there",
        ),
        pytest.param(
            "marts.rpt_arr_bridge_monthly",
            "update marts._release set as_of_date = '2026-06-29'",
            "The newest month is the last one that was complete on _release.as_of_date. Not so:"
            " found 1 months after the last complete one.",
            id="the running month is shown as a finished one",
        ),
        pytest.param(
            "marts.rpt_ndr_grr_monthly",
            "update marts.rpt_ndr_grr_monthly set grr = 1.000001"
            " where segment_type = 'all' and window_months = 12 and date_month = '2026-06-01'",
            "column grr: GRR is between 0 and 1. Not so: 1 of"
            " 4,080 rows are otherwise, such as date_month 2026-06-01, window_months 12,"
            " segment_type all, segment_value all, grr 1.000001.",
            id="GRR is above one",
        ),
        pytest.param(
            "marts.rpt_ndr_grr_monthly",
            "update marts.rpt_ndr_grr_monthly set net_retained_arr = gross_retained_arr - 0.01"
            f" where window_months = 12 and {ALL}",
            "GRR is not above NDR, unless a customer's ARR is negative that month. Not so: 1 of",
            id="GRR is above NDR by a cent",
        ),
        pytest.param(
            "marts.fct_arr_movements",
            "insert into marts.fct_arr_movements from marts.fct_arr_movements limit 1",
            "column customer_id, date_month, movement_type: There"
            " is one row per customer_id, date_month, movement_type. Not so: 2 of",
            id="a movement is there twice",
        ),
        pytest.param(
            "movements against the bridge",
            "delete from marts.fct_arr_movements where movement_type = 'new'"
            " and date_month = (select min(date_month) from marts.fct_arr_movements)",
            "column arr_change: The movements of customers in"
            " a month sum to the bridge, type by type. Not so: 1 of 480 rows",
            id="movements of a month are missing",
        ),
        pytest.param(
            "marts.fct_customer_arr_spans",
            "update marts.fct_customer_arr_spans set until_month = until_month + interval 1 month"
            " where rowid = (select min(rowid) from marts.fct_customer_arr_spans"
            " where until_month is not null)",
            "column until_month: The spans of a customer follow each other without overlap or"
            " gap; the last is open. Not so: 1 of 1,558 rows",
            id="two spans overlap",
        ),
        pytest.param(
            "marts.fct_customer_arr_spans",
            "update marts.fct_customer_arr_spans set arr = -1 where until_month is null"
            " and customer_id = (select min(customer_id) from marts.dim_customers"
            " where is_current_customer)",
            "column arr: ARR is negative only where rpt_ledger_findings names the customer. Not"
            " so: 1 of 1,558 rows",
            id="a customer has less than nothing",
        ),
        pytest.param(
            "marts._release",
            "insert into marts._release from marts._release",
            "column *: The file says once which release it is. Not so: found 2 rows.",
            id="a file is two releases",
        ),
        pytest.param(
            "every text column",
            "update marts.dim_customers set customer_name = 'Jo <jo@firm.example>' where rowid = 7",
            "column column_name: No text looks like an e-mail address. Not so: 1 of",
            id="a cell holds an address",
        ),
        pytest.param(
            "every text column",
            "alter table marts.dim_products add column work_email varchar",
            "such as table_name marts.dim_products, column_name work_email.",
            id="a column is named like an address",
        ),
        pytest.param(
            "promised columns",
            "alter table marts.rpt_arr_bridge_monthly drop column fx_arr",
            "column column_name: Every column that others rely on is in"
            " the file. Not so: 1 of 58 rows are otherwise, such as table_name"
            " rpt_arr_bridge_monthly, column_name fx_arr, missing 1.",
            id="a promised column is gone",
        ),
    ],
)
def test_a_damaged_release_is_refused_in_a_sentence(
    released: Path, tmp_path: Path, table: str, damage: str, sentence: str
) -> None:
    file = damaged(released, tmp_path, damage)
    said = refusal(file, tmp_path, "published", lambda _: published_tables(), table)
    assert any(sentence in line for line in said), said
    assert all(line.startswith(f"audit published, table {table}, column ") for line in said)
    assert "jo@firm.example" not in "".join(said)


def test_drivers_that_cancel_in_a_month_without_a_movement_are_right(
    released: Path, tmp_path: Path
) -> None:
    """As where two subscriptions become one of the same ARR with other seats, and nothing else."""
    drivers = (
        "insert into marts.fct_arr_movement_drivers (customer_id, product_id, date_month, driver,"
    )
    file = damaged(
        released,
        tmp_path,
        *(
            f"{drivers} arr_change) values ('a', 'p', '2020-01-01', '{driver}', {change})"
            for driver, change in (("price", 5), ("seats", -5))
        ),
    )
    assert audit_published(file, tmp_path / "audit") > 60


@pytest.mark.parametrize(
    ("table", "damage", "sentence"),
    [
        pytest.param(
            "raw_custom_billing.subscription_lines",
            "update raw_custom_billing.subscription_lines set end_date = start_date - 3"
            " where line_id = 'L-0001'",
            "column end_date: A line does not end before it starts. Not so: 1 of",
            id="a line ends before it starts",
        ),
        pytest.param(
            "raw_custom_billing.subscription_lines",
            "update raw_custom_billing.subscription_lines set term_months = 0"
            " where line_id = 'L-0001'",
            "column term_months: term_months is above 0. Not so: 1 of",
            id="a term has no months",
        ),
        pytest.param(
            "raw_custom_billing.subscription_lines",
            "update raw_custom_billing.subscription_lines set customer_id = null"
            " where hash(line_id) % 5 = 0",
            "column customer_id: At most 5% of the lines name no customer. Not so: ",
            id="every fifth line names nobody",
        ),
        pytest.param(
            "raw_stripe.price",
            "insert into raw_stripe.price from raw_stripe.price limit 1",
            "column id: There is one row per id. Not so: 2",
            id="a price is there twice",
        ),
        pytest.param(
            "raw_stripe.customer",
            "update raw_stripe.customer set created = '0024-01-01' where rowid = 0",
            "column created: The year of created is between 1990 and 2100. Not so: 1 of",
            id="a customer of the Roman empire",
        ),
        pytest.param(
            "raw_salesforce.account",
            "delete from raw_salesforce.account",
            "column *: The table has at least one row. Not so: found 0 rows.",
            id="no accounts",
        ),
        pytest.param(
            "raw_stripe.landed_loads",
            "delete from raw_stripe.price where rowid < 2",
            "column rows_lost: The rows of the files are the rows that landed and the rows"
            " quarantined. Not so: 1 of",
            id="two rows are neither landed nor quarantined",
        ),
    ],
)
def test_damaged_landed_tables_are_refused_in_a_sentence(
    landed_sample: Path, tmp_path: Path, table: str, damage: str, sentence: str
) -> None:
    file = damaged(landed_sample, tmp_path, damage)
    said = refusal(file, tmp_path, "landed", landed_tables, table)
    assert said[0].startswith(f"audit landed, table {table}, column ")
    assert sentence in said[0]
    assert "such as " in said[0] or "found 0" in said[0]


def test_a_statement_about_a_column_that_never_landed_is_left_out(tmp_path: Path) -> None:
    short = "line_id,customer_id,product_id,start_date,end_date,term_amount,term_months,currency\n"
    lines = f"{short}L1,C1,P1,2024-01-01,9999-12-31,1200,12,USD\n"
    land(write_extracts(tmp_path, subscription_lines=lines), tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        table, accounting = landed_tables(connection)
    said = len(table.statements) + len(accounting.statements)
    assert audit_landed(tmp_path / "x.duckdb", tmp_path / "audit") == said


def test_one_line_in_twenty_may_wait_for_its_customer(tmp_path: Path) -> None:
    lines = [LINE.format(number, "2024-01-01", "2025-01-01") for number in range(20)]
    lines[3] = lines[3].replace(",C1,", ",,")
    extracts = write_extracts(tmp_path, subscription_lines=HEADER + "".join(lines))
    land(extracts, tmp_path / "x.duckdb")
    assert audit_landed(tmp_path / "x.duckdb", tmp_path / "audit") > 10


def test_every_table_that_a_refresh_lands_has_statements() -> None:
    declared = {name: set(system.tables) for name, system in declared_systems().items()}
    stated = {name: set(tables) for name, tables in SYSTEMS.items()}
    assert {name: declared[name] - stated[name] for name in stated} == {
        name: set() for name in stated
    }


def test_the_pages_need_no_network(documents: Path) -> None:
    pages = list(documents.rglob("*.html"))
    assert len(pages) > 35
    found = {page.name: RESOURCE.findall(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: resources for name, resources in found.items() if resources} == {}


def test_the_pages_say_in_words_what_held_and_show_no_value_of_a_row(
    documents: Path, landed_sample: Path
) -> None:
    index = (documents / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', index)
    assert len(links) == len(list(documents.glob("*/*.html")))
    assert all((documents / link).exists() for link in links)
    bridge = (documents / "published" / "marts.rpt_arr_bridge_monthly.html").read_text("utf-8")
    assert "A month begins with the ending ARR of the month before" in bridge
    text = "".join(page.read_text(encoding="utf-8") for page in documents.rglob("*.html"))
    with duckdb.connect(str(landed_sample), read_only=True) as connection:
        values = connection.execute(
            "select line_id from raw_custom_billing.subscription_lines union all"
            " select customer_name from raw_custom_billing.customers union all"
            " select name from raw_salesforce.user"
        ).fetchall()
    assert len(values) > 100
    assert [value for (value,) in values if value and value in text] == []
    assert "canary" not in text.lower()


def test_the_pages_of_a_refusal_show_what_is_broken(released: Path, tmp_path: Path) -> None:
    file = damaged(released, tmp_path, "update marts._release set tests_run = 0")
    with pytest.raises(RefreshRefusedError, match=r"^audit published, table marts._release"):
        audit_published(file, tmp_path / "audit")
    assert ">1 broken<" in (tmp_path / "audit" / "index.html").read_text(encoding="utf-8")
    page = (tmp_path / "audit" / "published" / "marts._release.html").read_text(encoding="utf-8")
    assert "At least one test ran and passed." in page
    assert "fa-times" in page
