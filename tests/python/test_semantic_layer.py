"""The semantic layer over the sample company, compared with its marts by tools/semantic."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SEMANTIC = PROJECT / "tools" / "semantic"
UV = PROJECT / ".uv" / "bin" / "uv"


def test_the_semantic_layer_says_what_the_marts_say(sample_database: Path) -> None:
    target = sample_database.parent / "target"
    environment = {
        **os.environ,
        "ARR_LEDGER_DATABASE": str(sample_database),
        "ARR_LEDGER_SEMANTIC_MANIFEST": str(target / "semantic_manifest.json"),
        "UV_PROJECT_ENVIRONMENT": str(SEMANTIC / ".venv"),
        "VIRTUAL_ENV": "",
    }
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
