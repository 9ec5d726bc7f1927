"""The boards of a release: refused with it, shown with it, served on this machine."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from landing_extracts import write_extracts
from published_place import DAY, LINES, Place
from stand_in_build import stands_in

from arr_ledger.board import serve as serving
from arr_ledger.cli import cli
from arr_ledger.problems import RefusedError
from arr_ledger.refresh import boards, steps
from arr_ledger.refresh.folders import Folders
from arr_ledger.refresh.releases import settle

__all__ = ["stands_in"]


def refresh(folder: Path, *options: str, code: int = 0) -> dict:
    command = ["refresh", "--extracts", f"{folder}/extracts", "--out", f"{folder}/out", "--force"]
    done = CliRunner().invoke(cli, [*command, "--json", DAY, *options])
    assert done.exit_code == code, done.output
    return json.loads(done.output)


@pytest.fixture
def out(tmp_path: Path, stands_in: None) -> Path:
    write_extracts(tmp_path, subscription_lines=LINES)
    refresh(tmp_path)
    return tmp_path / "out"


def served(out: Path) -> str:
    """The release whose boards are shown; nothing where none are."""
    link = out / "boards"
    assert not link.exists() or (link / "index.html").is_file()
    return link.readlink().parts[1] if link.is_symlink() else ""


def test_the_boards_of_the_served_release_stand_under_one_name(out: Path) -> None:
    first = served(out)
    second = refresh(out.parent)["release"]["release_id"]
    assert first != second == served(out)
    assert CliRunner().invoke(cli, ["rollback", "--out", f"{out}"]).exit_code == 0
    assert served(out) == first


def test_a_refresh_without_boards_shows_none_of_another_release(out: Path) -> None:
    assert [each["step"] for each in refresh(out.parent, "--no-boards")["steps"]].count("render")
    assert served(out) == ""
    assert not (out / "boards").is_symlink()
    assert CliRunner().invoke(cli, ["rollback", "--out", f"{out}"]).exit_code == 0
    assert served(out) != ""


def test_without_the_library_of_charts_a_notice_names_the_extra(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "can_render", lambda: False)
    said = refresh(out.parent)
    assert said["status"] == "published"
    (rendered,) = (each for each in said["steps"] if each["step"] == "render")
    assert rendered["notices"] == [boards.NOT_INSTALLED]
    assert served(out) == ""


def test_a_refresh_killed_before_the_boards_were_shown_is_ended_by_the_next_command(
    out: Path,
) -> None:
    first, second = served(out), refresh(out.parent)["release"]["release_id"]
    (out / "boards").unlink()
    (out / "boards").symlink_to(Path("releases") / first / "boards")
    assert settle(Folders(out)) == []
    assert served(out) == second


def test_other_files_of_that_name_stay_and_are_named(out: Path) -> None:
    (out / "boards").unlink()
    (out / "boards").mkdir()
    (out / "boards" / "mine.txt").write_text("mine")
    said = refresh(out.parent)
    (published,) = (each for each in said["steps"] if each["step"] == "publish")
    assert published["notices"] == [
        f"{out}/boards holds other files, so the boards do not stand there; move it away."
    ]
    assert (out / "boards" / "mine.txt").read_text() == "mine"


def test_pages_that_the_board_command_wrote_there_give_way(out: Path) -> None:
    (out / "boards").unlink()
    (out / "boards").mkdir()
    (out / "boards" / "arr_ledger_boards.json").write_text("{}")
    assert refresh(out.parent)["release"]["release_id"] == served(out)


def test_a_whole_refresh_publishes_boards_that_name_it(published_place: Place) -> None:
    page = (published_place.out / "boards" / "index.html").read_text()
    (release,) = (path.name for path in (published_place.out / "releases").iterdir())
    assert re.search(rf"as of 2025-06-30 · release 1 \({release[:15]}\)", page)


def test_a_board_of_your_own_that_fails_refuses_the_release(
    published_place: Place, tmp_path: Path
) -> None:
    """Rendered over the file of a whole release, as the step of a refresh does it."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.yml").write_text(
        "title: Mine\nquestion: What?\nsections:\n  - title: A\n    query: select nothing_there"
        " from marts.dim_customers\n    columns: [{name: nothing_there, title: A}]\n"
    )
    (release,) = (published_place.out / "releases").iterdir()
    written = tmp_path / "release"
    written.mkdir()
    for name in ("arr_ledger.duckdb", "release.json"):
        (written / name).write_bytes((release / name).read_bytes())
    with pytest.raises(boards.RefreshRefusedError, match=r"boards: .*mine.yml: A: the query fails"):
        boards.render_boards(written, own, {})
    assert not (written / "boards").exists()


class Drawn:
    """A file, and pages that say how often they were drawn."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "arr_ledger.duckdb"
        self.file.write_text("1")
        self.fails = False
        self.url = ""

    def render(self, out: Path) -> None:
        if self.fails:
            raise RefusedError("cannot be read")
        (out / "data").mkdir(parents=True, exist_ok=True)
        (out / "index.html").write_text(self.file.read_text())

    def asked(self, path: str = "/", host: str = "") -> str:
        request = urllib.request.Request(
            f"{self.url}{path}", headers={"Host": host} if host else {}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.read().decode()


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Drawn]:
    drawn = Drawn(tmp_path)
    pages = serving.Pages(drawn.file, drawn.render, tmp_path / "pages")
    server = serving.server_of(pages, 0)
    drawn.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield drawn
    server.shutdown()
    server.server_close()
    thread.join()


def test_served_pages_follow_the_file_and_stay_where_it_cannot_be_read(drawn: Drawn) -> None:
    assert drawn.asked() == "1"
    drawn.file.write_text("22")
    assert drawn.asked("/index.html") == "22"
    drawn.fails = True
    drawn.file.write_text("333")
    assert drawn.asked() == "22"


@pytest.mark.parametrize(
    ("path", "host", "code"),
    [
        ("/", "attacker.example:80", 403),
        ("/data/", "", 404),
        ("/../arr_ledger.duckdb", "", 404),
        ("/%2e%2e/arr_ledger.duckdb", "", 404),
        ("/nothing.html", "", 404),
    ],
)
def test_nothing_but_the_pages_is_served_and_to_this_machine_alone(
    path: str, host: str, code: int, drawn: Drawn
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        drawn.asked(path, host)
    assert refused.value.code == code


def test_a_port_that_is_taken_is_named(drawn: Drawn, tmp_path: Path) -> None:
    port = int(drawn.url.rpartition(":")[2])
    pages = serving.Pages(drawn.file, drawn.render, tmp_path / "more")
    with pytest.raises(RefusedError, match=rf"--port {port}: cannot be used .*; name another"):
        serving.server_of(pages, port)
