"""The book of the sample company: hand-worked numbers, and a company that looks like one."""

import csv
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
import yaml

from arr_ledger.sample import EXTRACTS, PROJECT, build_company
from arr_ledger.sample_company.answer_key import Key
from arr_ledger.sample_company.book import BookLine, extend_by_grace
from arr_ledger.sample_company.catalog import COUPONS, Price
from arr_ledger.sample_company.company import Company
from arr_ledger.sample_company.contracts import FAR, Discount, Spell, discounts_of
from arr_ledger.sample_company.days import LAST_MONTH, add_months, month_index, rounded
from arr_ledger.sample_company.renewals import renewals_of
from arr_ledger.sample_company.seasons import BAD_YEAR

ONE_DAY = date(2024, 1, 1)


@pytest.fixture(scope="module")
def key() -> Key:
    return Key(build_company())


def given(*coupons: str) -> list[Discount]:
    """Discounts of a subscription in this order."""
    return [Discount(f"di_{n}", c, ONE_DAY, None) for n, c in enumerate(coupons)]


def book_line(start: date, end: date, **values: object) -> BookLine:
    """A line of one customer and family."""
    fields = {"arr": 1200, "ends_in_pause": False, "has_notice": False}
    return BookLine("c", "p", "f", start, end, **(fields | values))


def test_months_keep_the_day_or_take_the_last_one() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2023, 12, 31), -1) == date(2023, 11, 30)


def test_halves_round_away_from_zero() -> None:
    halves = (Fraction(1, 2), Fraction(3, 2), Fraction(-1, 2))
    assert [rounded(half) for half in halves] == [1, 2, -1]


@pytest.mark.parametrize(
    ("mode", "seats", "cents"),
    [
        ("graduated", 50, 150_000),
        ("graduated", 51, 150_000 + 2_500 + 10_000),
        ("graduated", 170, 150_000 + 250_000 + 10_000 + 40_000),
        ("volume", 50, 150_000),
        ("volume", 51, 127_500 + 10_000),
        ("volume", 170, 340_000),
    ],
)
def test_tiers_are_summed_or_chosen(mode: str, seats: int, cents: int) -> None:
    tiers = ((50, 3000, 0), (150, 2500, 10000), (None, 2000, 0))
    price = Price("p", "prod_core", "", "USD", "month", 1, None, tiers, mode)
    assert price.amount(seats) == cents


def test_a_stack_of_discounts_applies_each_to_what_the_one_before_left() -> None:
    off = discounts_of({"a": Fraction(10_000)}, given("launch_6m", "partner"))
    assert off == {"a": 2_500 + 525}


def test_an_amount_off_is_spread_so_that_the_parts_sum() -> None:
    gross = {"a": Fraction(20_000), "b": Fraction(10_000)}
    assert discounts_of(gross, given("bundle_usd")) == {"a": 6_667, "b": 3_334}


def test_an_amount_off_never_goes_below_zero() -> None:
    assert discounts_of({"a": Fraction(5_000)}, given("bundle_usd")) == {"a": 5_000}


def test_a_late_renewal_is_bridged_up_to_thirty_days() -> None:
    first = book_line(date(2024, 1, 1), date(2024, 5, 31))
    discount = book_line(date(2024, 1, 1), date(2024, 5, 31), arr=-100)
    renewal = book_line(date(2024, 6, 30), date(2024, 9, 1))
    beyond = book_line(date(2024, 10, 2), date(2025, 1, 1))
    extend_by_grace([first, discount, renewal, beyond])
    ends = [line.end for line in (first, discount, renewal, beyond)]
    assert ends == [date(2024, 6, 30), date(2024, 6, 30), date(2024, 9, 1), date(2025, 1, 1)]


def test_a_pause_is_not_a_late_renewal() -> None:
    first = book_line(date(2024, 1, 1), date(2024, 4, 20), ends_in_pause=True)
    extend_by_grace([first, book_line(date(2024, 5, 12), date(2025, 1, 1))])
    assert first.end == date(2024, 4, 20)


def test_what_ended_a_short_while_ago_counts_unless_notice_was_given() -> None:
    for end, has_notice, expected in (
        (date(2026, 6, 1), False, FAR),
        (date(2026, 6, 1), True, date(2026, 6, 1)),
        (date(2026, 5, 31), False, date(2026, 5, 31)),
    ):
        line = book_line(date(2025, 1, 1), end, has_notice=has_notice)
        extend_by_grace([line])
        assert line.end == expected


def test_a_pause_cuts_a_subscription_into_two_lines() -> None:
    _, subscription = Company(1).buy(date(2024, 1, 10), 10)
    subscription.spells.append(Spell("void", date(2024, 3, 5), date(2024, 6, 7)))
    lines = [(line.start, line.end, line.ends_in_pause) for line in subscription.lines()]
    assert lines == [
        (date(2024, 1, 10), date(2024, 3, 5), True),
        (date(2024, 6, 7), None, False),
    ]


def test_the_key_ties_in_itself(key: Key) -> None:
    key.check()


def test_every_situation_occurs_at_least_twice(key: Key) -> None:
    counts = Counter(name for name, _, _ in key.company.situations)
    assert len(counts) > 70
    assert not [name for name, count in counts.items() if count < 2]


def test_the_company_looks_plausible(key: Key) -> None:
    first, last = (sum(a.get(m, 0) for a in key.arr.values()) / 100 for m in (24259, LAST_MONTH))
    assert month_index(date(2021, 7, 1)) == 24259
    assert 0.5e6 < first < 1.5e6
    assert 15e6 < last < 20e6
    for month, window, kind, _, base, net, gross, *_ in key.retention():
        if window == 12 and kind == "all" and month >= LAST_MONTH - 36:
            assert 0.95 < net / base < 1.15
            assert 0.80 < gross / base < 0.93


def yearly_rates(key: Key) -> dict[int, tuple[Fraction, Fraction]]:
    """Month -> NDR and GRR over 12 months."""
    return {
        month: (Fraction(net, base), Fraction(gross, base))
        for month, window, kind, _, base, net, gross, *_ in key.retention()
        if (window, kind) == (12, "all")
    }


def test_half_of_the_terms_end_with_a_quarter_and_most_with_the_year(key: Key) -> None:
    ends = Counter(renewal.end.month for renewal in renewals_of(key.company))
    total = sum(ends.values())
    assert total > 800
    at_quarter_ends = sum(ends[month] for month in (3, 6, 9, 12)) / total
    assert 0.45 <= at_quarter_ends <= 0.60
    assert ends[12] == max(ends.values())
    # other months are quieter, none is empty
    assert min(ends.values()) / total > 0.025


def test_a_bad_year_is_followed_by_a_recovery(key: Key) -> None:
    rates = yearly_rates(key)
    bottom = month_index(BAD_YEAR[1]) - 1
    (ndr_before, grr_before), (ndr, grr), (ndr_after, grr_after) = (
        rates[bottom + months] for months in (-12, 0, 12)
    )
    assert 0.08 <= ndr_before - ndr <= 0.15
    assert 0.05 <= grr_before - grr <= 0.10
    assert ndr_after - ndr >= 0.05
    assert grr_after - grr >= 0.035
    # half a year later it is half over
    assert ndr < rates[bottom + 6][0] < ndr_after
    assert grr < rates[bottom + 6][1] < grr_after
    assert abs(rates[LAST_MONTH][0] - ndr_after) < 0.04
    assert abs(rates[LAST_MONTH][1] - grr_after) < 0.03


def test_every_seed_column_has_a_type() -> None:
    seeds = 0
    for path in sorted((PROJECT / EXTRACTS).glob("*/_sample_*__seeds.yml")):
        for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]:
            with (path.parent / f"{seed['name']}.csv").open(encoding="utf-8") as file:
                assert next(csv.reader(file)) == list(seed["config"]["column_types"])
            seeds += 1
    assert seeds == len(list((PROJECT / EXTRACTS).glob("*/*.csv"))) > 20


def test_coupons_say_one_thing() -> None:
    assert all((c.percent_off is None) != (c.amount_off is None) for c in COUPONS.values())
