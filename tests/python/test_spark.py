"""The sample company on a Spark cluster: every mart is that of DuckDB, value by value.

The rest of what make spark does (changed raw data, modes, a larger book, faults, releases) takes
too long for every change: docs/decisions/spark_beside_duckdb.md.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tools" / "spark"


def _missing() -> str:
    """What is missing here; nothing where the test can run."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "no java here: apt-get install openjdk-17-jre-headless"
    if os.environ.get("ARR_LEDGER_SPARK") == "0":
        return "ARR_LEDGER_SPARK=0 leaves Spark out"
    return ""


MISSING = _missing()


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_every_mart_of_the_sample_is_the_same_on_spark_and_on_duckdb(tmp_path: Path) -> None:
    uv = ROOT / ".uv" / "bin" / "uv"
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    subprocess.run([uv, "sync", "--frozen", "--quiet"], cwd=FOLDER, env=environment, check=True)
    done = subprocess.run(
        [
            *(FOLDER / ".venv" / "bin" / "python", "-m", "tools.spark", "prove", "sample"),
            *("--folder", str(tmp_path / "cluster")),
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    marts = [line for line in said.splitlines() if line.startswith("equal ")]
    assert len(marts) >= 60, said
    assert not (tmp_path / "cluster").exists(), "the cluster cleans up after itself"
