"""What an item costs where corrections of a running period are all that says it."""

from __future__ import annotations

from .cases import CORRECTION, case, subscribed
from .rows import Line, Rows

YEAR_FROM_JANUARY = "2025-01-10", "2026-01-10"
REST_OF_YEAR = "2025-06-20", "2026-01-10"
REST_OF_MONTH = "2025-06-20", "2025-07-10"


def correction(
    amount: int,
    *,
    item: str = "si1",
    price: str = "p1",
    quantity: int = 1,
    period: tuple[str, str] = REST_OF_YEAR,
    **columns: object,
) -> Line:
    """A line for the rest of a period, here of the year that ends in January 2026."""
    return Line(amount, item, price, quantity, *period, {**CORRECTION, **columns})


def from_june(before: str, after_it: str) -> dict[str, list[tuple[str, str, str]]]:
    """One ARR until May, another one since."""
    return {"c1": [("2025-01", "2025-05", before), ("2025-06", "2025-12", after_it)]}


# ---- tax inside a price that only a correction charges ----


def _inclusive(rows: Rows, now: str = "p2", **columns: object) -> None:
    """1,428.00 a year of which 228.00 are tax, and a price of twice as much."""
    rows.subscription()
    rows.price(amount=142800, interval="year", tax_behavior="inclusive")
    rows.price("p2", amount=285600, interval="year", tax_behavior="inclusive", **columns)
    rows.item(price=now)
    line = Line(142800, columns={"amount_excluding_tax": "120000"})
    rows.invoice("a", *YEAR_FROM_JANUARY, line, tax=22800, tax_inside=True)


@case("tax_inside_upgrade_by_correction", "tax", "Stripe price.tax_behavior",
      from_june("1200.00", "2400.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """The correction of June shows what of 2,856.00 is tax."""
    _inclusive(rows)
    rows.invoice(
        "up", *REST_OF_YEAR,
        correction(-79800, amount_excluding_tax="-67059"),
        correction(159600, price="p2", amount_excluding_tax="134118"),
        tax=12741, tax_inside=True,
    )  # fmt: skip


@case("tax_inside_upgrade_by_row", "tax", "Stripe price.tax_behavior",
      {"c1": [("2025-01", "2025-11", "1200.00"), ("2025-12", "2025-12", "2400.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """No invoice has the new price: the tax inside it is that of the old one."""
    _inclusive(rows)


@case("tax_inside_then_a_price_without", "tax", "Stripe price.tax_behavior",
      {"c1": [("2025-01", "2025-11", "1200.00"), ("2025-12", "2025-12", "2400.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """The new price has its tax on top, so nothing of it goes."""
    rows.subscription()
    rows.price(amount=142800, interval="year", tax_behavior="inclusive")
    rows.price("p2", amount=240000, interval="year", tax_behavior="exclusive")
    rows.item(price="p2")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(142800), tax=22800, tax_inside=True)


@case("tax_inside_added_by_correction", "tax", "Stripe price.tax_behavior",
      from_june("1200.00", "2400.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """An item added in June is known by a correction alone."""
    rows.subscription()
    rows.price(amount=142800, interval="year", tax_behavior="inclusive")
    rows.price("p2", amount=142800, interval="year", product="pr2", tax_behavior="inclusive")
    rows.item()
    rows.item("si2", price="p2", created="2025-06-20")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(142800), tax=22800, tax_inside=True)
    added = correction(79800, item="si2", price="p2", amount_excluding_tax="67059")
    rows.invoice("up", *REST_OF_YEAR, added, tax=12741, tax_inside=True)


@case("tax_inside_fewer_seats_by_correction", "tax", "Stripe price.tax_behavior",
      from_june("6000.00", "3600.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """Five seats, then three, of 1,428.00 with tax; the totals of invoices alone show it."""
    subscribed(rows, 3, amount=142800, interval="year", tax_behavior="inclusive")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(714000, quantity=5), tax=114000, tax_inside=True)
    fewer = correction(-399060, quantity=5), correction(239436, quantity=3)
    rows.invoice("b", *REST_OF_YEAR, *fewer, tax=-25487, tax_inside=True)


# ---- a price that says nothing, known by corrections ----


def _euros(rows: Rows, *lines: Line, now: str = "p2", quantity: int = 1) -> None:
    """EUR 900.00 a year, and prices in dollars alone."""
    rows.subscription()
    rows.price(amount=100000, interval="year")
    rows.price("p2", amount=200000, interval="year")
    rows.item(price=now, quantity=quantity)
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(90000), currency="eur")
    if lines:
        rows.invoice("b", *REST_OF_YEAR, *lines, currency="eur")


UPGRADED = [("2025-01", "new", "1080.00"), ("2025-06", "expansion", "1080.00")]


@case("upgrade_in_euros_by_correction", "currency", "rallly #2575",
      from_june("1080.00", "2160.00"), None, movements=UPGRADED)  # fmt: skip
def _(rows: Rows) -> None:
    """EUR 1,006.03 for 204 days of 365 are 1,800.00 a year, at 1.2."""
    _euros(rows, correction(-50301), correction(100603, price="p2"))


@case("upgrade_of_seats_in_euros_by_correction", "currency", "rallly #2575",
      from_june("1080.00", "6480.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """Three seats of the new price: 3,018.08 for 204 days are 5,400.00 a year."""
    _euros(rows, correction(-50301), correction(301808, price="p2", quantity=3), quantity=3)


@case("upgrades_in_euros_by_corrections", "currency", "rallly #2575",
      {"c1": [("2025-01", "2025-05", "1080.00"), ("2025-06", "2025-08", "2160.00"),
              ("2025-09", "2025-12", "3240.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """Two upgrades in one year: 828.49 for 112 days are 2,700.00 a year."""
    _euros(rows, correction(-50301), correction(100603, price="p2"), now="p3")
    rows.price("p3", amount=300000, interval="year")
    rest = "2025-09-20", "2026-01-10"
    change = correction(-55233, price="p2", period=rest), correction(82849, price="p3", period=rest)
    rows.invoice("c", *rest, *change, currency="eur")


@case("downgrade_in_euros_by_correction", "currency", "rallly #2575",
      from_june("1080.00", "720.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """335.34 for 204 days are 600.00 a year: a contraction, and no churn."""
    _euros(rows, correction(-50301), correction(33534, price="p2"))


@case("item_added_in_euros_by_correction", "currency", "rallly #2575",
      from_june("1080.00", "2160.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """503.01 for 204 days of an added item are 900.00 a year."""
    _euros(rows, correction(50301, item="si2", price="p2"), now="p1")
    rows.item("si2", price="p2", created="2025-06-20")


@case("upgrade_in_euros_by_month", "currency", "rallly #2575",
      {"c1": [("2025-01", "2025-11", "1080.00"), ("2025-12", "2025-12", "2160.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """101.61 for 21 days of 31 are 150.00 a month, in the newest month."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=20000)
    rows.item(price="p2")
    rows.invoices("2025-01-10", 12, Line(7500), currency="eur")
    rest = "2025-12-20", "2026-01-10"
    change = correction(-5081, period=rest), correction(10161, price="p2", period=rest)
    rows.invoice("up", *rest, *change, currency="eur")


@case("upgrade_in_euros_by_quarter", "currency", "rallly #2575",
      {"c1": [("2025-01", "2025-11", "360.00"), ("2025-12", "2025-12", "720.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """34.24 for 21 days of 92 are 150.00 a quarter."""
    rows.subscription()
    rows.price(count=3)
    rows.price("p2", amount=20000, count=3)
    rows.item(price="p2")
    rows.invoices("2025-01-10", 4, Line(7500), months=3, currency="eur")
    rest = "2025-12-20", "2026-01-10"
    change = correction(-1712, period=rest), correction(3424, price="p2", period=rest)
    rows.invoice("up", *rest, *change, currency="eur")


@case("upgrade_in_euros_by_week", "currency", "rallly #2575",
      {"c1": [("2025-01", "2025-11", "468.00"), ("2025-12", "2025-12", "936.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """8.57 for four days of seven are 15.00 a week."""
    rows.subscription()
    rows.price(interval="week")
    rows.price("p2", amount=2000, interval="week")
    rows.item(price="p2")
    rows.invoice("a", "2025-12-19", "2025-12-26", Line(750), currency="eur")
    rows.invoice("b", "2025-12-26", "2026-01-02", Line(750), currency="eur")
    rest = "2025-12-29", "2026-01-02"
    change = correction(-429, period=rest), correction(857, price="p2", period=rest)
    rows.invoice("up", *rest, *change, currency="eur")


@case("upgrade_in_euros_with_a_coupon", "currency", "Stripe prorations",
      from_june("864.00", "1728.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """A fifth off: credited is what was paid, charged the price with its discount beside it."""
    rows.subscription()
    rows.price(amount=100000, interval="year")
    rows.price("p2", amount=200000, interval="year")
    rows.item(price="p2")
    rows.coupon("fifth", percent_off=20)
    rows.discount("fifth")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(90000), off=18000, currency="eur")
    change = correction(-40241), correction(100603, price="p2")
    rows.invoice("b", *REST_OF_YEAR, *change, off=20121, currency="eur")


@case("upgrade_in_euros_unknown", "currency", "rallly #2575", "1080.00", None,
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """No invoice has the new price: what was known last stands, and a finding says so."""
    _euros(rows)


@case("upgrade_to_a_year_in_euros_unknown", "currency", "rallly #2575", "1080.00", None,
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """75.00 a month stand as 900.00 a year, although the new price is by the year."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=120000, interval="year")
    rows.item(price="p2")
    rows.invoices("2025-01-10", 12, Line(7500), currency="eur")


@case("nothing_known_in_euros", "currency", "rallly #2575", {}, None,
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """Nothing says what it costs in euros: one finding."""
    rows.subscription(currency="eur")
    rows.price()
    rows.item()


@case("tiers_upgrade_by_correction", "tiers", "highlight #7265",
      from_june("888.00", "1776.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """Tiers of a year without their table: 992.62 in two lines are 1,776.00 a year."""
    rows.subscription()
    for price in ("p1", "p2"):
        rows.price(price, amount=None, interval="year", tiers_mode="graduated")
    rows.item(price="p2", quantity=8)
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(60000, quantity=5), Line(28800, quantity=3))
    old = correction(-33534, quantity=5), correction(-16096, quantity=3)
    new = correction(67069, price="p2", quantity=5), correction(32193, price="p2", quantity=3)
    rows.invoice("b", *REST_OF_YEAR, *old, *new)


@case("tiers_seats_by_correction", "tiers", "highlight #7265",
      from_june("888.00", "1272.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """Eight seats of a year, then twelve: 335.34 and 375.59 are 1,272.00 a year."""
    subscribed(rows, 12, amount=None, interval="year", tiers_mode="graduated")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(60000, quantity=5), Line(28800, quantity=3))
    old = correction(-33534, quantity=5), correction(-16096, quantity=3)
    new = correction(33534, quantity=5), correction(37558, quantity=7)
    rows.invoice("b", *REST_OF_YEAR, *old, *new)


@case("price_row_missing_after_upgrade", "prices", "Fivetran price table",
      from_june("1200.00", "1800.00"), None, {("amount_not_known", "si1")},
      [("2025-01", "new", "1200.00"), ("2025-06", "expansion", "600.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """The row of the new price never landed; invoices have 150.00 a month."""
    rows.subscription()
    rows.price()
    rows.item(price="p2")
    rows.invoices("2025-01-10", 6, Line(10000))
    change = (
        correction(-6667, period=REST_OF_MONTH),
        correction(10000, price="p2", period=REST_OF_MONTH),
    )
    rows.invoice("in07", "2025-07-10", "2025-08-10", Line(15000, price="p2"), *change)
    rows.invoices("2025-08-10", 5, Line(15000, price="p2"), name="then")


@case("price_row_missing_by_correction", "prices", "Fivetran price table",
      from_june("1200.00", "2400.00"), None, {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The same of a year, known by a correction alone: it ends with the year of the item."""
    rows.subscription()
    rows.price(amount=120000, interval="year")
    rows.item(price="p2")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(120000))
    rows.invoice("b", *REST_OF_YEAR, correction(-67068), correction(134137, price="p2"))


@case("price_row_missing_not_invoiced", "prices", "Fivetran price table", "1200.00", None,
      {("amount_not_known", "si1")})  # fmt: skip
def _(rows: Rows) -> None:
    """The row of the new price never landed and no invoice has it: the old amount stands."""
    rows.subscription()
    rows.price()
    rows.item(price="p2")
    rows.invoices("2025-01-10", 12, Line(10000))


# ---- free tiers ----


def _tiers_changed(
    rows: Rows, before: list[Line], after_it: list[Line], change: list[Line], quantity: int
) -> None:
    """Months of the one until July, then of the other; a correction for 20 June to 10 July."""
    rows.subscription()
    rows.item(quantity=quantity)
    rows.invoices("2025-01-10", 6, *before)
    rows.invoice("in07", "2025-07-10", "2025-08-10", *after_it, *change)
    rows.invoices("2025-08-10", 5, *after_it, name="then")


def _lines(*pairs: tuple[int, int]) -> list[Line]:
    return [Line(amount, quantity=quantity) for quantity, amount in pairs]


def _corrections(*pairs: tuple[int, int]) -> list[Line]:
    return [
        correction(amount, quantity=quantity, period=REST_OF_MONTH) for quantity, amount in pairs
    ]


def _five_included(rows: Rows) -> None:
    """50.00 with five seats, 8.00 for each further one."""
    rows.price(amount=None, tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=0, flat_amount=5000)
    rows.tier(unit_amount=800)


def _five_free(rows: Rows, mode: str = "graduated", **price: object) -> None:
    """Five seats free, 8.00 for each further one, or by volume for each."""
    rows.price(amount=None, tiers_mode=mode, **price)
    rows.tier(up_to=5, unit_amount=0)
    rows.tier(unit_amount=800)


@case("included_seats_used", "tiers", "Stripe price tiers", "600.00", None)
def _(rows: Rows) -> None:
    """Three of five included seats, then four: the fee is the same."""
    _five_included(rows)
    change = _corrections((3, 0), (0, -3333), (4, 0), (0, 3333))
    _tiers_changed(rows, _lines((3, 0), (0, 5000)), _lines((4, 0), (0, 5000)), change, 4)


@case("included_seats_exceeded", "tiers", "Stripe price tiers",
      from_june("888.00", "1272.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """Eight seats, then twelve, of which five are included."""
    _five_included(rows)
    change = _corrections((5, 0), (0, -3333), (3, -1600), (5, 0), (0, 3333), (7, 3733))
    before, after_it = _lines((5, 0), (0, 5000), (3, 2400)), _lines((5, 0), (0, 5000), (7, 5600))
    _tiers_changed(rows, before, after_it, change, 12)


@case("free_seats_exceeded", "tiers", "Stripe price tiers", from_june("288.00", "672.00"), None)
def _(rows: Rows) -> None:
    """Eight seats, then twelve, of which five are free."""
    _five_free(rows)
    change = _corrections((5, 0), (3, -1600), (5, 0), (7, 3733))
    _tiers_changed(rows, _lines((5, 0), (3, 2400)), _lines((5, 0), (7, 5600)), change, 12)


@case("free_seats_left", "tiers", "Stripe price tiers",
      {"c1": [("2025-06", "2025-12", "288.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """Four seats free, then eight, of which three are paid."""
    _five_free(rows)
    change = _corrections((4, 0), (5, 0), (3, 1600))
    _tiers_changed(rows, _lines((4, 0)), _lines((5, 0), (3, 2400)), change, 8)


@case("free_seats_again", "tiers", "Stripe price tiers",
      {"c1": [("2025-01", "2025-05", "288.00")]}, None,
      movements=[("2025-01", "new", "288.00"), ("2025-06", "churn", "-288.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """Eight seats, then four, which are free."""
    _five_free(rows)
    change = _corrections((5, 0), (3, -1600), (4, 0))
    _tiers_changed(rows, _lines((5, 0), (3, 2400)), _lines((4, 0)), change, 4)


@case("free_volume_left", "tiers", "Stripe price tiers",
      {"c1": [("2025-06", "2025-12", "768.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """By volume four seats are free and eight cost 8.00 each."""
    _five_free(rows, "volume")
    _tiers_changed(rows, _lines((4, 0)), _lines((8, 6400)), _corrections((4, 0), (8, 4267)), 8)


@case("free_volume_again", "tiers", "Stripe price tiers",
      {"c1": [("2025-01", "2025-05", "768.00")]}, None)  # fmt: skip
def _(rows: Rows) -> None:
    """By volume eight seats, then four, which are free."""
    _five_free(rows, "volume")
    _tiers_changed(rows, _lines((8, 6400)), _lines((4, 0)), _corrections((4, 0), (8, -4267)), 4)


@case("free_seats_exceeded_in_a_year", "tiers", "Stripe price tiers",
      from_june("288.00", "672.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """96.00 a year beyond five free seats: eight, then twelve, by a correction alone."""
    subscribed(rows, 12, amount=None, interval="year", tiers_mode="graduated")
    rows.tier(up_to=5, unit_amount=0)
    rows.tier(unit_amount=9600)
    rows.invoice("a", *YEAR_FROM_JANUARY, *_lines((5, 0), (3, 28800)))
    old = correction(0, quantity=5), correction(-16096, quantity=3)
    new = correction(0, quantity=5), correction(37558, quantity=7)
    rows.invoice("b", *REST_OF_YEAR, *old, *new)


@case("included_seats_of_another_price", "tiers", "Stripe price tiers",
      from_june("888.00", "1776.00"), None)  # fmt: skip
def _(rows: Rows) -> None:
    """Eight seats with five included; another price with five included costs twice as much."""
    rows.subscription()
    _five_included(rows)
    rows.price("p2", amount=None, tiers_mode="graduated")
    rows.tier("p2", up_to=5, unit_amount=0, flat_amount=10000)
    rows.tier("p2", unit_amount=1600)
    rows.item(price="p2", quantity=8)
    rows.invoices("2025-01-10", 6, *_lines((5, 0), (0, 5000), (3, 2400)))
    change = _corrections((5, 0), (0, -3333), (3, -1600), (5, 0), (0, 6667), (3, 3200))
    after_it = _lines((5, 0), (0, 10000), (3, 4800))
    for line in (*change[3:], *after_it):
        line.price = "p2"
    rows.invoice("in07", "2025-07-10", "2025-08-10", *after_it, *change)
    rows.invoices("2025-08-10", 5, *after_it, name="then")


# ---- an item that is credited for all of its last period ----


@case("item_credited_for_its_last_period", "removals", "Stripe prorations",
      {"c1": [("2025-01", "2025-06", "2400.00"), ("2025-07", "2025-12", "1200.00")]}, None, set(),
      [("2025-01", "new", "2400.00"), ("2025-07", "contraction", "-1200.00")])  # fmt: skip
def _(rows: Rows) -> None:
    """July of an added item is charged, then credited whole: nothing was charged for it."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.invoices("2025-01-10", 7, Line(10000), Line(10000, "si2", "p2"))
    credit = correction(-10000, item="si2", price="p2", period=("2025-07-10", "2025-08-10"))
    rows.invoice("in08", "2025-08-10", "2025-09-10", Line(10000), credit)
    rows.invoices("2025-09-10", 4, Line(10000), name="then")


@case("item_charged_again_after_its_credit", "removals", "Stripe prorations",
      {"c1": [("2025-01", "2025-07", "2400.00"), ("2025-08", "2025-12", "1200.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """July is charged, credited and charged again; the item is not there in August."""
    subscribed(rows)
    rows.price("p2", product="pr2")
    rows.invoices("2025-01-10", 7, Line(10000), Line(10000, "si2", "p2"))
    july = "2025-07-10", "2025-08-10"
    credit = correction(-10000, item="si2", price="p2", period=july)
    rows.invoice("again", *july, credit, Line(10000, "si2", "p2", 1, *july))
    rows.invoices("2025-08-10", 5, Line(10000), name="then")


@case("year_changed_from_its_first_day", "removals", "Stripe prorations", "2400.00", None)
def _(rows: Rows) -> None:
    """A year is charged, credited whole and charged at another price."""
    rows.subscription()
    rows.price(amount=120000, interval="year")
    rows.price("p2", amount=240000, interval="year")
    rows.invoice("a", *YEAR_FROM_JANUARY, Line(120000))
    change = (
        correction(-120000, period=YEAR_FROM_JANUARY),
        correction(240000, price="p2", period=YEAR_FROM_JANUARY),
    )
    rows.invoice("b", "2025-03-15", "2025-03-15", *change)


@case("another_product_in_the_newest_month", "starts", "Stripe prorations",
      {"c1": [("2025-01", "2025-11", "1200.00"), ("2025-12", "2025-12", "1800.00")]},
      None)  # fmt: skip
def _(rows: Rows) -> None:
    """An item that changes to another product counts once."""
    rows.subscription()
    rows.price()
    rows.price("p2", amount=15000, product="pr2")
    rows.item(price="p2")
    rows.invoices("2025-01-10", 12, Line(10000))
    rest = "2025-12-20", "2026-01-10"
    change = correction(-6774, period=rest), correction(10161, price="p2", period=rest)
    rows.invoice("up", *rest, *change)
