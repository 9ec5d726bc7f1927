"""docs/evidence.md: a command rewrites its own section and leaves the others alone."""

from pathlib import Path

import pytest

import tools.evidence
from tools.evidence import record, table

pytest_plugins = ["pytester"]
CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


def test_a_section_is_rewritten_whole_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "evidence.md"
    record("mutate", "score 95 %", page)
    record("test", "first", page)
    record("test", "second", page)
    text = page.read_text()
    assert "first" not in text
    assert text.index("second") < text.index("score 95 %"), "sections stand in one order"
    assert text.count("<!-- test: begin -->") == 1
    assert "Written by `make mutate`" in text
    assert "duckdb " in text


def test_a_section_nobody_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no section 'guesses'"):
        record("guesses", "", tmp_path / "evidence.md")
    assert not list(tmp_path.iterdir())


def test_figures_become_a_table() -> None:
    assert table({"books": 2000, "seconds": "1.5"}).splitlines()[2:] == [
        "| books | 2,000 |",
        "| seconds | 1.5 |",
    ]


@pytest.mark.parametrize(
    ("options", "last_test", "sections"),
    [
        ([], "assert True", ["test"]),
        (["--numprocesses", "2"], "assert True", ["test"]),
        (["--numprocesses", "2"], "assert False", []),
        ([], "assert False", []),
        (["tests/test_a.py"], "assert True", []),
        (["-k", "first"], "assert True", []),
        (["--last-failed"], "assert True", []),
    ],
)
def test_only_a_whole_run_that_passed_is_written(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    last_test: str,
    sections: list[str],
) -> None:
    written = {}
    monkeypatch.setattr(tools.evidence, "record", written.__setitem__)
    pytester.makeini("[pytest]\ntestpaths = tests\n")
    folder = pytester.mkdir("tests")
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_a.py").write_text(
        f"def test_first(evidence): evidence.note('books', 7)\ndef test_last(): {last_test}\n"
    )
    pytester.inline_run(*options)
    assert list(written) == sections
    if sections:
        assert "| Python tests, all passed | 2 |\n| books | 7 |" in written["test"]
