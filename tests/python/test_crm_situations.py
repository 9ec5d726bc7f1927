"""What happens in a CRM, as it lands: every situation is a customer of one company.

The right rows were worked out by hand. All stand in one book, so that one run shows them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from ledger_harness import Ledger, LedgerRun

ZEROS = "000000000000000AAA"
WON = ["opportunity_arr", "outcome", "expansion_arr"]
OWNERS = ["csm_owner_id", "am_owner_id"]
OPEN = ["product_family", "forecast_category", "probability_source"]
RENEWED = ["term_end_date", "outcome", "up_for_renewal_arr", "renewed_arr"]
NEVER_SOLD = [("600.00", "no_opportunity")]
AN_EXPANSION = [("600.00", "expansion", "600.00")]


@dataclass
class Situation:
    """A customer with one account, and what a mart says of it."""

    name: str
    mart: str = ""
    columns: list[str] = field(default_factory=list)
    expected: list[tuple] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def account(self) -> str:
        return f"a {self.name}"

    def add(self, table: str, **row: Any) -> None:
        self.tables[table].append(row)

    def line(self, start: str, end: str | None = None, amount: int = 1200, **more: Any) -> None:
        number = len(self.tables["subscription_lines"])
        row = {
            "line_id": f"{self.name} {number}",
            "subscription_id": f"{self.name} {number}",
            "customer_id": self.name,
            "product_id": "core",
            "start_date": start,
            "end_date": end,
            "term_amount": amount,
            "term_months": 12,
            "currency": "USD",
        }
        self.add("subscription_lines", **row | more)

    def grown(self) -> None:
        """1200 since January 2024, and 600 more since 10 June 2025."""
        self.line("2024-01-15")
        self.line("2025-06-10", amount=600)

    def version(self, start: str, end: str | None, **columns: Any) -> None:
        """A version of the account; without an end it is in force."""
        stamp = {"_fivetran_start": f"{start} 00:00:00", "_fivetran_active": end is None}
        self.add("account_history", id=self.account, **stamp, **columns)

    def opportunity(self, close: str | None = "2025-06-15", **more: Any) -> str:
        row = {
            "id": f"o{len(self.tables['opportunity'])} {self.name}",
            "account_id": self.account,
            "type": "Upsell",
            "amount": 600,
            "is_closed": True,
            "is_won": True,
            "close_date": close and f"{close} 00:00:00",
            "sourced_by_c": "Sales",
        }
        self.add("opportunity", **row | more)
        return str(row["id"])

    def renewal(self, close: str, state: str = "open", **more: Any) -> str:
        """A renewal opportunity that is open, won or lost."""
        flags = {"is_closed": state != "open", "is_won": state == "won"}
        best = {"type": "Renewal", "forecast_category": "BestCase"}
        return self.opportunity(close, **flags | best | more)

    def sold(self, opportunity: str, product: str) -> None:
        """A product line of an opportunity."""
        names = {"opportunity_id": opportunity, "product_2_id": product}
        self.add("opportunity_line_item", id=f"li {opportunity}", total_price=600, **names)


SITUATIONS: list[Situation] = []


def situation(
    mart: str, columns: list[str], *expected: tuple, **account: Any
) -> Callable[[Callable[[Situation], None]], None]:
    """Registers a customer; ``account``: columns of its account."""

    def register(fill: Callable[[Situation], None]) -> None:
        one = Situation(fill.__name__, mart, columns, list(expected))
        looked_after = {"owner_id": "am", "csm_id_c": "csm", "segment_c": "smb", "industry": "Tech"}
        one.add("account", **{"id": one.account, "name": one.name, **looked_after, **account})
        one.add("customers", customer_id=one.name, crm_account_id=one.account)
        fill(one)
        SITUATIONS.append(one)

    return register


# ---- lookups that name nothing, rows that were deleted ----


@situation("dim_customers", OWNERS, (None, None), owner_id=ZEROS, csm_id_c="n/a")
def nobody_looks_after_zeros(one: Situation) -> None:
    one.line("2024-01-15")


@situation("dim_customers", OWNERS, ("csm", "am"), csm_id_c=" csm ")
def blanks_around_an_owner(one: Situation) -> None:
    one.line("2024-01-15")


@situation("dim_customers", ["segment"], ("smb",), segment_c=" smb ")
def blanks_around_a_segment(one: Situation) -> None:
    one.line("2024-01-15")


@situation("fct_expansion_sources", ["expansion_arr", "attribution"], *NEVER_SOLD)
def a_win_of_no_account(one: Situation) -> None:
    """Its account is zeros, so it is no win of this customer."""
    one.grown()
    one.opportunity(account_id=ZEROS)


@situation("fct_expansion_sources", ["expansion_arr", "attribution"], *NEVER_SOLD)
def a_win_that_the_loader_marks_as_deleted(one: Situation) -> None:
    one.grown()
    one.opportunity(_fivetran_deleted=True)


@situation("fct_expansion_sources", ["expansion_arr", "attribution"], *NEVER_SOLD)
def a_win_that_was_reopened_and_lost(one: Situation) -> None:
    """In history mode: won in June, lost in July."""
    one.grown()
    same = {"id": "reopened"}
    one.opportunity(**same, _fivetran_active=False, _fivetran_start="2025-06-15 00:00:00")
    now = {"_fivetran_active": True, "_fivetran_start": "2025-07-15 00:00:00"}
    one.opportunity(**same, is_won=False, **now)


@situation(
    "rpt_ledger_findings", ["finding_type", "arr"], ("unknown_crm_account", "1200.00"),
    _fivetran_deleted=True,
)  # fmt: skip
def an_account_that_the_loader_marks_as_deleted(one: Situation) -> None:
    one.line("2024-01-15")


@situation(
    "rpt_ledger_findings", ["finding_type", "arr"], ("unknown_crm_account", "1200.00"),
    _fivetran_active=False, _fivetran_start="2024-01-01 00:00:00",
)  # fmt: skip
def an_account_without_a_version_in_force(one: Situation) -> None:
    one.line("2024-01-15")


# ---- owners and segments over time ----


@situation("dim_customers", [*OWNERS, "industry"], ("csm", "am", "Tech"))
def a_history_without_owners(one: Situation) -> None:
    """It keeps the segment alone: owners and industry are those of today."""
    one.line("2024-01-15")
    one.version("2024-01-01", "2025-03-01", segment_c="mid")
    one.version("2025-03-01", None, segment_c="smb")


@situation("dim_customers", OWNERS, (None, "am"), csm_id_c=None)
def an_owner_who_was_taken_away(one: Situation) -> None:
    one.line("2024-01-15")
    one.version("2024-01-01", "2025-03-01", owner_id="am", csm_id_c="csm")
    one.version("2025-03-01", None, owner_id="am", csm_id_c=ZEROS)


# ---- wins ----


@situation("fct_won_opportunities", WON, ("600.00", "renewal", "0.00"))
def a_renewal_in_small_letters(one: Situation) -> None:
    one.grown()
    one.opportunity(type=" renewal ")


@situation("fct_won_opportunities", WON, *AN_EXPANSION)
def a_win_of_three_years(one: Situation) -> None:
    """1800 for 36 months."""
    one.grown()
    one.opportunity(amount=1800, term_months_c=36)


@situation("fct_won_opportunities", WON, ("0.00", "no_amount", "0.00"))
def a_win_below_zero(one: Situation) -> None:
    one.grown()
    one.opportunity(amount=-600)


@situation(
    "fct_expansion_sources", ["sourcing_team", "expansion_arr"],
    ("csm", "333.34"), ("professional_services", "333.33"), ("sales", "333.33"),
)  # fmt: skip
def three_wins_of_more_than_grew(one: Situation) -> None:
    """Each 700, of an expansion of 1000: shared to the cent, whoever is first."""
    one.line("2024-01-15")
    one.line("2025-06-10", amount=1000)
    for team in ("Sales", "CSM", "PS"):
        one.opportunity(amount=700, sourced_by_c=team)


@situation("fct_won_opportunities", WON, ("900.00", "expansion", "600.00"))
def a_win_beside_a_loss(one: Situation) -> None:
    """900 won and 300 of another product lost in June: an expansion of 600."""
    one.line("2024-01-15")
    one.line("2024-06-10", "2025-06-10", amount=300, product_id="addon")
    one.line("2025-06-10", amount=900)
    one.opportunity(amount=900)


# ---- renewals ahead ----


@situation("fct_renewal_base", OPEN, ("core", "Closed", "signed"))
def a_renewal_won_and_its_copy_lost(one: Situation) -> None:
    one.line("2025-03-01", "2026-03-01")
    one.renewal("2026-01-20", "won")
    one.renewal("2026-02-28", "lost")


@situation("fct_renewal_base", OPEN, ("core", "BestCase", "forecast_category"))
def a_renewal_lost_and_opened_anew(one: Situation) -> None:
    one.line("2025-03-01", "2026-03-01")
    one.renewal("2026-02-27", "lost")
    one.renewal("2026-02-01")


@situation(
    "fct_renewal_base", OPEN,
    ("addon", "Lost", "lost_opportunity"), ("core", "Closed", "signed"),
)  # fmt: skip
def a_renewal_for_each_product(one: Situation) -> None:
    """Both close on one day; their product lines say which is which."""
    one.line("2025-03-01", "2026-03-01")
    one.line("2025-03-01", "2026-03-01", amount=600, product_id="addon")
    one.sold(one.renewal("2026-02-20", "won"), "p core")
    one.sold(one.renewal("2026-02-20", "lost"), "p addon")


@situation(
    "fct_renewal_base", OPEN,
    ("core", "Closed", "signed"), ("core", "BestCase", "forecast_category"),
)  # fmt: skip
def a_renewal_for_each_subscription(one: Situation) -> None:
    """Two subscriptions of core end a month apart: each has the renewal nearest to its end."""
    one.line("2025-03-01", "2026-03-01")
    one.line("2025-04-01", "2026-04-01", amount=600)
    one.renewal("2026-02-20", "won")
    one.renewal("2026-03-28")


@situation("fct_renewal_base", OPEN, ("core", "Closed", "signed"), ("core", "Closed", "signed"))
def a_renewal_for_both_subscriptions(one: Situation) -> None:
    one.line("2025-03-01", "2026-03-01")
    one.line("2025-04-01", "2026-04-01", amount=600)
    one.renewal("2026-02-20", "won")


@situation(
    "fct_renewal_base", OPEN,
    ("core", "none", "renewal_rate"), ("core", "none", "renewal_rate"),
)  # fmt: skip
def a_renewal_of_a_term_that_is_over(one: Situation) -> None:
    """Won in November for the term that ended in December: no word on the one of February."""
    one.line("2024-12-01", "2025-12-01", subscription_id="goes on")
    one.line("2025-12-01", "2026-12-01", subscription_id="goes on")
    one.line("2025-02-15", "2026-02-15", amount=600)
    one.renewal("2025-11-28", "won")


@situation("fct_renewal_base", OPEN, ("core", " COMMIT ", "forecast_category"))
def a_forecast_category_in_capitals(one: Situation) -> None:
    one.line("2025-03-01", "2026-03-01")
    one.renewal("2026-02-20", type="RENEWAL", forecast_category=" COMMIT ")


@situation("fct_renewal_base", OPEN, ("core", "none", "renewal_rate"))
def a_renewal_that_the_loader_marks_as_deleted(one: Situation) -> None:
    one.line("2025-03-01", "2026-03-01")
    one.renewal("2026-02-20", "won", _fivetran_deleted=True)


# ---- renewals that came ----


@situation(
    "fct_renewals", RENEWED,
    ("2025-07-01", "on_time", "1200.00", "1200.00"),
    ("2025-10-01", "on_time", "600.00", "600.00"),
    ("2025-10-01", "on_time", "1200.00", "1200.00"),
)  # fmt: skip
def terms_that_are_made_to_end_together(one: Situation) -> None:
    """Core is renewed for three months, to the end of the second subscription, then both as one."""
    one.line("2024-07-01", "2025-07-01", subscription_id="coterm")
    one.line("2024-10-01", "2025-10-01", amount=600)
    one.line("2025-07-01", "2025-10-01", 300, term_months=3, subscription_id="coterm")
    one.line("2025-10-01", "2026-10-01", 1800, subscription_id="coterm")


@situation(
    "fct_renewals", RENEWED, ("2025-07-01", "late", "1200.00", "1300.00"),
)  # fmt: skip
def a_renewal_by_the_account_merged_away(one: Situation) -> None:
    """The new contract, ten days late, is with the other record of one company."""
    one.line("2024-07-01", "2025-07-01")
    one.add("account", id="merged away", is_deleted=True, master_record_id=one.account)
    one.add("customers", customer_id="other record", crm_account_id="merged away")
    one.line("2025-07-11", "2026-07-11", 1300, customer_id="other record")


# ---- people ----


@situation(
    "rpt_buyer_changes_before_renewal", ["buyer_coverage", "champions_left"], ("champion", 1)
)
def champions_who_came_back_and_who_left(one: Situation) -> None:
    """One left in 2024 and came back; another left in June."""
    one.line("2025-03-01", "2026-03-01")
    for number, (contact, start, end) in enumerate(
        [
            ("back", "2024-01-01", "2024-06-01"),
            ("back", "2024-09-01", None),
            ("left", "2024-01-01", "2025-06-01"),
        ]
    ):
        named = {"account_id": one.account, "contact_id": f"{contact} {one.name}"}
        days = {"start_date": start, "end_date": end}
        one.add("account_contact_relation", id=f"{number}", roles="Champion", **named, **days)


@situation("rpt_buyer_changes_before_renewal", ["buyer_coverage"], ("unknown",))
def a_champion_who_was_deleted(one: Situation) -> None:
    one.line("2025-03-01", "2026-03-01")
    one.add("contact", id="deleted", _fivetran_deleted=True)
    named = {"account_id": one.account, "contact_id": "deleted"}
    one.add("account_contact_relation", id="of deleted", roles="Champion", **named)


@pytest.fixture(scope="module")
def run() -> LedgerRun:
    book: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in SITUATIONS:
        for table, rows in one.tables.items():
            book[table] += rows
    book["products"] += [{"product_id": name, "product_family": name} for name in ("core", "addon")]
    book["product_2"] += [{"id": f"p {name}", "family": name} for name in ("core", "addon")]
    book["user"] += [
        {"id": "csm", "name": "Ann"},
        {"id": "am", "name": "Bob", "_fivetran_active": False},
    ]
    marts = {one.mart for one in SITUATIONS} | {"dim_owners"}
    variables = {"as_of_date": "2025-12-31", "crm_systems": ["salesforce"]}
    return Ledger(variables, only=sorted(marts)).run(book)


def told(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


@pytest.mark.parametrize("one", SITUATIONS, ids=lambda one: one.name)
def test_a_situation_of_the_crm_is_read_rightly(one: Situation, run: LedgerRun) -> None:
    of_last_year = "term_end_date between '2025-01-01' and '2025-12-31'"
    found = run.query(
        f"select {', '.join(one.columns)} from {run.relation(one.mart)} where customer_id = ?"
        f" and {of_last_year if one.columns is RENEWED else 'true'}"
        f" order by {'product_family, term_end_date' if one.columns is OPEN else 'all'}",
        [one.account],
    )
    assert [tuple(map(told, row.values())) for row in found] == one.expected


def test_no_owner_is_made_of_zeros_and_a_deleted_user_is_not_active(run: LedgerRun) -> None:
    found = {row["owner_id"]: row["is_active"] for row in run.rows("dim_owners")}
    assert found == {"csm": True, "am": False}
