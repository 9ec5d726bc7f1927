"""A refresh without dbt, audits and boards, which have tests of their own: a bridge of a month."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from arr_ledger.refresh import steps
from arr_ledger.refresh.boards import NAME
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


def render_boards(written: Path, *_: Any) -> int:
    """Stands in for the boards, which no mart of this build can fill."""
    (written / NAME).mkdir()
    (written / NAME / "index.html").write_text("<p>1,200</p>")
    return 1


@pytest.fixture
def stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No refresh of this test runs dbt, an audit or the boards."""
    monkeypatch.setattr(steps, "build", build)
    monkeypatch.setattr(steps, "render_boards", render_boards)
    monkeypatch.setattr(steps, "_audited", lambda *_: 1)
