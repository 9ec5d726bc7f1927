"""The closed months of the sample company: their files, and what was learned since."""

from pathlib import Path

import duckdb

from arr_ledger.sample_company.closings import FOLDER, write_closings
from arr_ledger.sample_company.loads import GONE, LEARNED, load_id

LINES = "subscription_lines"
LEARNED_SINCE = [
    ("2025-05-01", "backdated_line", 1, "7200.00", load_id(LINES, LEARNED["L-0267"])),
    ("2025-05-01", "changed_customer", 2, "0.00", load_id("customers", LEARNED["RB-075"])),
    ("2025-05-01", "changed_rate", 33, "13963.13", load_id("fx_rates", LEARNED["GBP"])),
    ("2025-05-01", "grace_lapsed", 1, "-31200.00", None),
    ("2025-12-01", "changed_amount", 1, "1200.00", load_id(LINES, LEARNED["L-0263"])),
    ("2025-12-01", "deleted_row", 1, "-3600.00", load_id(LINES, GONE["L-9001"])),
    ("2025-12-01", "late_cancellation", 1, "-46533.60", load_id(LINES, LEARNED["L-0027"])),
]


def test_nothing_is_restated_but_what_was_learned_since(sample_database: Path) -> None:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        found = connection.execute(
            """
            select
                cast(date_month as varchar), cause, count(*),
                cast(sum(restatement_arr) as varchar), min(load_id)
            from marts.fct_arr_restatements group by all order by all
            """
        ).fetchall()
    assert found == LEARNED_SINCE


def test_closings_are_the_ledger_without_what_was_learned_since(
    sample_database: Path, tmp_path: Path
) -> None:
    """Where the sample company changes on purpose, write its closings anew (see closings.py)."""
    write_closings(sample_database, tmp_path)
    for seed in sorted(FOLDER.glob("*.csv")):
        assert (tmp_path / seed.name).read_text() == seed.read_text(), seed.name
