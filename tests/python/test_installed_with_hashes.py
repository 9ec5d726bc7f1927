"""What `make build` and `make test` install: by hash, as a wheel, and from nowhere but a lock."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [
    ROOT,
    *(ROOT / "tools" / name for name in ("dbt_bouncer", "semantic")),
    ROOT / "examples" / "dagster",
]
SCRIPT = ROOT / "tests" / "python" / "older_client.py"
LOCKS = [*(project / "uv.lock" for project in PROJECTS), SCRIPT.with_name(f"{SCRIPT.name}.lock")]
OF_UV = ROOT / "tools" / "uv" / "requirements.txt"
# where a command could install something
COMMANDS = (
    "Makefile",
    ".ci",
    ".pre-commit-config.yaml",
    "arr_ledger",
    "tools",
    "tests",
    "benchmarks",
)
INSTALLS = re.compile(r"\bpip\b\W+install\b|\buvx\b|\buv\W+(?:pip|tool|add)\b|\"--with\b|--with ")
# the parser of dbt that is never installed, by an override
LEFT_OUT = "dbt-core-experimental-parser"


def lock_of(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_locked_package_is_a_wheel_from_the_index_with_a_hash(lock: Path) -> None:
    packages = [each for each in lock_of(lock)["package"] if "registry" in each["source"]]
    assert packages
    for package in packages:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert package.get("wheels") or package["name"] == LEFT_OUT, package["name"]
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each["hash"]) for each in files)
    others = [each for each in lock_of(lock)["package"] if each not in packages]
    # nothing but the project itself
    assert {next(iter(each["source"].values())) for each in others} <= {"."}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_built_from_source_but_the_project_itself(project: Path) -> None:
    """What a build asks for is in no lock. The project is built by the backend inside uv."""
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["uv"]["no-build"] is True
    if "build-system" in settings:
        (pinned,) = re.findall(r"^uv==(\S+)", OF_UV.read_text(encoding="utf-8"))
        (asked,) = settings["build-system"]["requires"]
        assert asked.startswith(f"uv_build>={pinned},<")


def test_uv_itself_is_installed_by_hash() -> None:
    first, *hashes = OF_UV.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"uv==\d+\.\d+\.\d+ \\", first)
    assert len(hashes) > 10
    assert all(re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"pip install [^\n]*\\\n\s+--require-hashes --only-binary :all: -", makefile)


def test_of_the_cluster_four_packages_are_built_and_what_builds_them_is_pinned() -> None:
    folder = ROOT / "tools" / "spark"
    built = set()
    for package in lock_of(folder / "uv.lock")["package"]:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each["hash"]) for each in files)
        if files and not package.get("wheels"):
            built.add(package["name"])
    assert built - {LEFT_OUT} == {"pyspark", "pyhive", "pure-sasl", "thrift"}
    wanted = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert 'build-constraint-dependencies = ["setuptools==' in wanted


def test_no_other_command_installs_anything_and_every_use_of_uv_keeps_to_the_lock() -> None:
    named = [ROOT / name for name in COMMANDS]
    files = [path for path in named if path.is_file()]
    files += [path for folder in named for path in folder.rglob("*") if is_code(path)]
    assert len(files) > 100
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        found += [path.name for _ in INSTALLS.findall(text)]
        if path.name == "Makefile":
            uses = re.findall(r"\$\(UV\) (?:run|sync)[^\n]*", text)
            assert len(uses) > 1
            assert all("--frozen" in use for use in uses)
    assert found == ["Makefile"]


def is_code(path: Path) -> bool:
    ours = not {".venv", "__pycache__"} & set(path.parts) and path != Path(__file__)
    return ours and path.is_file() and path.suffix in ("", ".py", ".sh", ".yaml", ".yml", ".toml")


def test_a_file_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the path")
    (package,) = (each for each in lock_of(LOCKS[0])["package"] if each["name"] == "iniconfig")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "0"\nrequires-python = ">=3.11"\n'
        f'dependencies = ["iniconfig=={package["version"]}"]\n[tool.uv]\npackage = false\n'
    )
    sync = (uv, "sync", "--frozen", "--directory", tmp_path, "--cache-dir", tmp_path / "cache")
    subprocess.run([uv, "lock", "--quiet", "--directory", tmp_path], check=True)
    lock = tmp_path / "uv.lock"
    lock.write_text(re.sub("sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text()))
    done = subprocess.run(sync, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Hash mismatch" in done.stderr
