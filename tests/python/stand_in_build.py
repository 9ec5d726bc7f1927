"""A refresh without dbt and the audits, which have tests of their own: a bridge of one month."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from arr_ledger.refresh import steps
from arr_ledger.refresh.build import Build


def build(database: Path, _: Any, folder: Path, *__: Any) -> Build:
    """Stands in for dbt."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_arr_bridge_monthly as select date '2025-06-01' as date_month,"
            " 'all' as segment_type, cast(1200 as decimal(18, 2)) as ending_arr"
        )
    mart = {"resource_type": "model", "name": "rpt_arr_bridge_monthly", "schema": "marts"}
    mart |= {"config": {"materialized": "table"}, "depends_on": {"nodes": []}}
    (folder / "target").mkdir()
    (folder / "target" / "manifest.json").write_text(json.dumps({"nodes": {"x": mart}}))
    (folder / "audit").mkdir()
    return Build(database, 90, 1000)


@pytest.fixture
def stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No refresh of this test runs dbt."""
    monkeypatch.setattr(steps, "build", build)
    monkeypatch.setattr(steps, "_audited", lambda *_: 1)
