"""The semantic layer over the sample company, compared with its marts by tools/semantic."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SEMANTIC = PROJECT / "tools" / "semantic"
UV = PROJECT / ".uv" / "bin" / "uv"


def test_the_semantic_layer_says_what_the_marts_say(sample_database: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    environment = {
        **os.environ,
        "ARR_LEDGER_SEMANTIC_LAYER": "1",
        "ARR_LEDGER_DATABASE": str(sample_database),
        "ARR_LEDGER_SEMANTIC_MANIFEST": str(target / "semantic_manifest.json"),
        "UV_PROJECT_ENVIRONMENT": str(SEMANTIC / ".venv"),
        "VIRTUAL_ENV": "",
    }
    dbt = (Path(sys.executable).parent / "dbt", "--quiet", "--log-path", tmp_path / "logs")
    parsed = subprocess.run(
        (*dbt, "parse", "--target-path", target),
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert parsed.returncode == 0, parsed.stdout
    done = subprocess.run(
        (UV, "run", "--frozen", "--quiet", "pytest", "--quiet", "-p", "no:cacheprovider"),
        cwd=SEMANTIC,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (compared,) = re.findall(r"'rows': (\d+)", done.stdout)
    assert int(compared) > 50_000


def test_a_build_has_no_metrics_which_a_partial_parse_of_dbt_would_find_twice(
    sample_database: Path,
) -> None:
    manifest = json.loads((sample_database.parent / "target" / "manifest.json").read_text())
    assert [manifest["metrics"], manifest["semantic_models"], manifest["saved_queries"]] == [{}] * 3
