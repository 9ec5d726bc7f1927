"""The example loads, materialises every model after a refresh, and knows the exit codes."""

import json
from pathlib import Path

import dagster as dg
import pytest
from arr_ledger_on_dagster import ArrLedger, defs, ledger

RELEASE = {"release_id": "r1", "as_of_date": "2026-06-30", "tests_run": 1000, "rows": 5}
RELEASE["extracts_sha256"] = "a" * 64
PUBLISHED = {"status": "published", "release": RELEASE, "steps": []}
REFUSED = {"status": "refused", "reason": "test x: failed.\nStill served: r0.", "steps": []}
BUSY = {"status": "busy", "reason": "another refresh is running", "steps": []}


def arr_ledger(folder: Path, exit_code: int, outcome: dict | None) -> ArrLedger:
    """A command that ends like this, and keeps what it was called with."""
    says = folder / "says"
    says.write_text(json.dumps(outcome) if outcome else "")
    command = folder / "arr-ledger"
    command.write_text(f'#!/bin/sh\necho "$@" >> {folder}/called\ncat {says}\nexit {exit_code}\n')
    command.chmod(0o755)
    return ArrLedger(extracts="/srv/extracts", out="/srv/published", command=str(command))


def test_models_are_assets_with_their_lineage_and_the_schedule_refreshes_them_all() -> None:
    repository = defs.get_repository_def()
    assert len(repository.schedule_defs) == 1
    graph = repository.asset_graph
    ndr = dg.AssetKey(["marts", "rpt_ndr_grr_monthly"])
    assert dg.AssetKey(["intermediate", "int_retention_sums_monthly"]) in graph.get(ndr).parent_keys
    assert "NDR, GRR and logo retention" in ledger.descriptions_by_key[ndr]


def test_one_refresh_materialises_every_model(tmp_path: Path) -> None:
    command = arr_ledger(tmp_path, 0, PUBLISHED)
    done = dg.materialize([ledger], resources={"arr_ledger": command})
    events = done.get_asset_materialization_events()
    assert {event.asset_key for event in events} == set(ledger.keys)
    assert len(events) > 100
    assert {event.materialization.metadata["release_id"].value for event in events} == {"r1"}
    assert (tmp_path / "called").read_text().splitlines() == [
        "refresh --extracts /srv/extracts --out /srv/published --json"
    ]


def test_a_busy_folder_is_tried_again_later(tmp_path: Path) -> None:
    with pytest.raises(dg.RetryRequested) as later:
        arr_ledger(tmp_path, 75, BUSY).refresh()
    assert (later.value.max_retries, later.value.seconds_to_wait) == (12, 300)


def test_a_refusal_fails_with_its_first_line_and_is_not_tried_again(tmp_path: Path) -> None:
    with pytest.raises(dg.Failure) as refused:
        arr_ledger(tmp_path, 1, REFUSED).refresh()
    assert refused.value.description == "test x: failed."
    assert refused.value.metadata["reason"].value == REFUSED["reason"]
    assert not refused.value.allow_retries


def test_a_refresh_that_says_nothing_fails(tmp_path: Path) -> None:
    with pytest.raises(dg.Failure, match="ended with 137"):
        arr_ledger(tmp_path, 137, None).refresh()
