"""The second picture of the README: NDR and GRR of the sample company, as the marts have them."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from arr_ledger.board.picture import retention_svg

PROJECT = Path(__file__).resolve().parents[2]
PICTURE = PROJECT / "docs" / "images" / "retention.svg"
# fonts of the machine move a picture by pixels, so lines and labels are read off it
STALE = "docs/images/retention.svg is not the sample company; run make picture"


def lines(picture: str) -> list[list[float]]:
    """The heights of the points of each line, left to right."""
    paths = [path for path in re.findall(r' d="(M[^"Zz]+)"', picture) if path.count("L") > 5]
    return [[float(y) for _, y in re.findall(r"([\d.-]+),([\d.-]+)", path)] for path in paths]


def labels(picture: str) -> list[str]:
    return re.findall(r">((?:NDR|GRR) [\d.]+ %)</text>", picture)


@pytest.fixture(scope="module")
def rates(sample_database: Path) -> list[tuple[float, float]]:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        return connection.execute(
            "select ndr, grr from marts.rpt_ndr_grr_monthly where segment_type = 'all'"
            " and window_months = 12 and not is_low_base and base_arr > 0 order by date_month"
        ).fetchall()


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_lines_of_the_picture_are_the_rates_of_the_marts(
    is_kept: bool, rates: list[tuple[float, float]], sample_database: Path
) -> None:
    picture = PICTURE.read_text("utf-8") if is_kept else retention_svg(sample_database)
    assert labels(picture) == [
        f"NDR {rates[-1][0] * 100:.1f} %",
        f"GRR {rates[-1][1] * 100:.1f} %",
    ], STALE
    drawn = lines(picture)
    assert [len(line) for line in drawn] == [len(rates)] * 2, STALE
    values = [list(each) for each in zip(*rates, strict=True)]
    # the scale of the axis, from two points of it
    (low, at_low), (high, at_high) = (
        (rate, drawn[0][values[0].index(rate)]) for rate in (min(values[0]), max(values[0]))
    )
    pixels = (at_high - at_low) / (high - low)
    for line, rates_of_line in zip(drawn, values, strict=True):
        expected = [at_low + (rate - low) * pixels for rate in rates_of_line]
        assert line == pytest.approx(expected, abs=0.1), STALE


def test_the_readme_shows_the_picture() -> None:
    assert f"]({PICTURE.relative_to(PROJECT)})" in (PROJECT / "README.md").read_text("utf-8")
