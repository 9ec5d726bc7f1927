"""What the marts must say, worked out from the book: movements, bridge, retention, cohorts."""

from collections import defaultdict
from decimal import Decimal

from .book import customer_ids, monthly_arr
from .company import Company
from .days import FIRST_MONTH, LAST_MONTH, month_end, month_start
from .opportunity_key import new_business_by_state, opportunities_by_state, pipeline_ahead
from .renewals import renewals_of

WINDOWS = (1, 3, 12, 24)
SEGMENT_COLUMNS = ("segment", "industry", "region")
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
Rows = list[tuple[object, ...]]
Arr = dict[str, dict[int, int]]
Won = tuple[str, int, dict[str, object]]


class Key:
    """The answer key of one company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.arr: Arr = monthly_arr(company)
        self.accounts = {account.account_id: account for account in company.accounts}
        self.customs = {customer.customer_id: customer for customer in company.custom_customers}
        self.first = {customer: min(months) for customer, months in self.arr.items()}
        self.moves = self.classify()
        # customer and month -> team that won it, how much in cents, and the opportunity it entered
        self.sources: dict[tuple[str, int], list[Won]] = defaultdict(list)
        # every opportunity that the CRM holds, as entered
        self.opportunities: list[dict[str, object]] = []

    def at(self, customer: str, month: int) -> int:
        """Closing ARR of a customer."""
        return self.arr[customer].get(month, 0)

    def attribute(self, customer: str, month: int, column: str) -> str:
        """Segment, industry or region of a customer at the end of a month."""
        if account := self.accounts.get(customer):
            version = account.versions[0]
            for candidate in account.versions:
                if candidate.since <= month_end(month):
                    version = candidate
            return getattr(version, column) or "unknown"
        if custom := self.customs.get(customer):
            known = custom
            for candidate in custom.versions:
                if candidate is custom.versions[0] or candidate.since <= month_end(month):
                    known = candidate
            return getattr(known, column) or "unknown"
        return "unknown"

    def cuts(self, customer: str, month: int) -> list[tuple[str, str]]:
        """Every segment a customer is in at the end of a month."""
        return [("all", "all")] + [(c, self.attribute(customer, month, c)) for c in SEGMENT_COLUMNS]

    def classify(self) -> dict[tuple[str, int], tuple[str, int]]:
        """Customer and month -> movement; the order of the cases is the definition."""
        found = {}
        for customer in self.arr:
            for month in range(self.first[customer], LAST_MONTH + 1):
                before, now = self.at(customer, month - 1), self.at(customer, month)
                if before <= 0 < now:
                    kind = "new" if month == self.first[customer] else "reactivation"
                elif before > 0 >= now:
                    kind = "churn"
                elif now > before:
                    kind = "expansion"
                elif now < before:
                    kind = "contraction"
                else:
                    continue
                found[customer, month] = (kind, now - before)
        return found

    def bridge(self) -> Rows:
        """Month and segment: opening, the five movements, transfer, closing."""
        cells: dict[tuple[int, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for customer in self.arr:
            for month in range(self.first[customer], LAST_MONTH + 1):
                before, now = self.at(customer, month - 1), self.at(customer, month)
                kind, change = self.moves.get((customer, month), ("", 0))
                for old, new in zip(
                    self.cuts(customer, month - 1), self.cuts(customer, month), strict=True
                ):
                    if before:
                        cells[month, *old]["opening"] += before
                        if old != new:
                            cells[month, *old]["transfer"] -= before
                            cells[month, *new]["transfer"] += before
                    if kind:
                        cells[month, *new][kind] += change
                    if now:
                        cells[month, *new]["closing"] += now
        names = ("opening", *MOVEMENTS, "transfer", "closing")
        return [
            (*key, *(cells[key][name] for name in names))
            for key in sorted(cells)
            if any(cells[key].values())
        ]

    def retention(self) -> Rows:
        """Month, window and segment at the base month: base, now, capped, logos, strict, lowest."""
        rows = []
        for month in range(FIRST_MONTH + 1, LAST_MONTH + 1):
            for window in WINDOWS:
                cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 8)
                for customer, months in self.arr.items():
                    base = months.get(month - window, 0)
                    if base <= 0:
                        continue
                    now = months.get(month, 0)
                    lowest = min(months.get(m, 0) for m in range(month - window, month + 1))
                    kept = now if lowest > 0 else 0
                    values = (
                        base,
                        now,
                        max(0, min(base, now)),
                        1,
                        int(now > 0),
                        kept,
                        min(base, kept),
                        max(0, lowest),
                    )
                    for cut in self.cuts(customer, month - window):
                        cells[cut] = [a + b for a, b in zip(cells[cut], values, strict=True)]
                rows += [(month, window, *cut, *cells[cut]) for cut in sorted(cells)]
        return rows

    def cohorts(self) -> Rows:
        """First month and age: base, now, capped, logos."""
        members: dict[int, list[str]] = defaultdict(list)
        for customer, first in self.first.items():
            members[first].append(customer)
        rows = []
        for cohort in sorted(members):
            for month in range(cohort, LAST_MONTH + 1):
                pairs = [(self.at(c, cohort), self.at(c, month)) for c in members[cohort]]
                rows.append(
                    (
                        cohort,
                        month - cohort,
                        sum(b for b, _ in pairs),
                        len(pairs),
                        sum(n for _, n in pairs),
                        sum(max(0, min(b, n)) for b, n in pairs),
                        sum(n > 0 for _, n in pairs),
                    )
                )
        return rows

    def expansions_by_source(self) -> Rows:
        """Customer, month and team: the expansion that it sourced; one without a win is named so.

        An opportunity speaks for no more than was entered: some were, in whole units.
        """
        rows = []
        for (customer, month), (kind, change) in sorted(self.moves.items()):
            if kind != "expansion":
                continue
            teams: dict[str, int] = defaultdict(int)
            for team, cents, opportunity in self.sources[customer, month]:
                teams[team] += min(cents, int(Decimal(str(opportunity["amount"])) * 100))
            teams["unattributed"] += change - sum(teams.values())
            rows += [(customer, month, t, cents) for t, cents in sorted(teams.items()) if cents]
        return rows

    def parents(self) -> dict[str, str]:
        """Customer -> ultimate parent as known today."""
        ids = customer_ids(self.company)

        def parent(customer: str) -> str:
            if account := self.accounts.get(customer):
                return account.current.parent
            if (custom := self.customs.get(customer)) and custom.parent:
                return ids["custom_billing", custom.parent]
            return ""

        found = {}
        for customer in self.arr:
            top = customer
            while parent(top):
                top = parent(top)
            found[customer] = top
        return found

    def check(self) -> None:
        """Sums that must tie inside the key itself."""
        closings: dict[tuple[str, str], int] = {}
        totals = {
            m: sum(a.get(m, 0) for a in self.arr.values())
            for m in range(FIRST_MONTH, LAST_MONTH + 1)
        }
        for month, kind, value, opening, *moves, closing in self.bridge():
            assert opening + sum(moves) == closing, (month, kind, value)
            assert opening == closings.get((kind, value), 0), (month, kind, value)
            closings[kind, value] = closing
            assert kind != "all" or (closing == totals[month] and moves[-1] == 0)
        for column in SEGMENT_COLUMNS:
            parts = sum(v for (kind, _), v in closings.items() if kind == column)
            assert parts == closings["all", "all"], column
        by_month: dict[int, int] = defaultdict(int)
        for cohort, age, _, _, net, gross, _ in self.cohorts():
            by_month[cohort + age] += net
            assert 0 <= gross <= net
        assert dict(by_month) == {m: t for m, t in totals.items() if m in by_month}
        for row in self.retention():
            _, _, _, _, base, net, gross, logos, kept, net_strict, gross_strict, lowest = row
            assert 0 <= lowest <= gross_strict <= gross <= min(base, net)
            assert net_strict <= net
            assert kept <= logos
        assert all(arr > 0 for months in self.arr.values() for arr in months.values())

    def tables(self) -> dict[str, tuple[tuple[str, ...], Rows]]:
        """The files of the key: header and rows."""

        def money(cents: object) -> str:
            sign, cents = ("-" if cents < 0 else ""), abs(cents)
            return f"{sign}{cents // 100}.{cents % 100:02d}"

        ids, parents = customer_ids(self.company), self.parents()
        return {
            "customers": (
                (
                    "customer_id",
                    "parent_customer_id",
                    "first_month",
                    "segment",
                    "industry",
                    "region",
                ),
                [
                    (
                        c,
                        parents[c],
                        month_start(self.first[c]),
                        *(self.attribute(c, LAST_MONTH, s) for s in SEGMENT_COLUMNS),
                    )
                    for c in self.arr
                ],
            ),
            "customer_arr_monthly": (
                ("customer_id", "date_month", "arr"),
                [
                    (c, month_start(m), money(v))
                    for c, months in self.arr.items()
                    for m, v in months.items()
                ],
            ),
            "movements": (
                ("customer_id", "date_month", "movement_type", "arr_change"),
                [
                    (c, month_start(m), kind, money(v))
                    for (c, m), (kind, v) in sorted(self.moves.items())
                ],
            ),
            "bridge_monthly": (
                (
                    "date_month",
                    "segment_type",
                    "segment_value",
                    "beginning_arr",
                    *(f"{m}_arr" for m in MOVEMENTS),
                    "transfer_arr",
                    "ending_arr",
                ),
                [(month_start(r[0]), r[1], r[2], *map(money, r[3:])) for r in self.bridge()],
            ),
            "ndr_grr_monthly": (
                (
                    "date_month",
                    "window_months",
                    "segment_type",
                    "segment_value",
                    "base_arr",
                    "net_retained_arr",
                    "gross_retained_arr",
                    "base_customers",
                    "kept_customers",
                    "net_retained_arr_strict",
                    "gross_retained_arr_strict",
                    "gross_retained_arr_running_min",
                ),
                [
                    (month_start(r[0]), *r[1:4], *map(money, r[4:7]), *r[7:9], *map(money, r[9:]))
                    for r in self.retention()
                ],
            ),
            "cohorts_monthly": (
                (
                    "cohort_month",
                    "age_months",
                    "cohort_arr",
                    "cohort_customers",
                    "net_retained_arr",
                    "gross_retained_arr",
                    "kept_customers",
                ),
                [
                    (month_start(r[0]), r[1], money(r[2]), r[3], money(r[4]), money(r[5]), r[6])
                    for r in self.cohorts()
                ],
            ),
            "renewals": (
                (
                    "source_system",
                    "subscription_id",
                    "customer_id",
                    "product_family",
                    "term_end_date",
                    "outcome",
                    "renewal_date",
                    "up_for_renewal_arr",
                    "renewed_arr",
                ),
                [
                    (
                        *(r.source_system, r.subscription_id, r.customer_id, r.product_family),
                        *(r.end, r.outcome, r.renewed_on or "", money(r.up)),
                        "" if r.renewed is None else money(r.renewed),
                    )
                    for r in renewals_of(self.company)
                ],
            ),
            "expansion_sources": (
                ("customer_id", "date_month", "sourcing_team", "expansion_arr"),
                [
                    (c, month_start(m), team, money(v))
                    for c, m, team, v in self.expansions_by_source()
                ],
            ),
            "expansion_opportunities": (
                (
                    "close_month",
                    "segment",
                    "sourcing_team",
                    "opportunity_state",
                    "opportunities",
                    "opportunity_arr",
                ),
                [(month_start(r[0]), *r[1:5], money(r[5])) for r in opportunities_by_state(self)],
            ),
            "new_business_opportunities": (
                (
                    "close_month",
                    "sourcing_team",
                    "opportunity_state",
                    "opportunities",
                    "opportunity_arr",
                ),
                [(month_start(r[0]), *r[1:4], money(r[4])) for r in new_business_by_state(self)],
            ),
            "expansion_pipeline": (
                (
                    "date_month",
                    "segment_type",
                    "segment_value",
                    "pipeline_opportunities",
                    "pipeline_arr",
                ),
                [(month_start(r[0]), *r[1:4], money(r[4])) for r in pipeline_ahead(self)],
            ),
            "situations": (
                ("situation", "customer_id", "note"),
                sorted(
                    (name, ids[reference], note)
                    for name, reference, note in self.company.situations
                ),
            ),
        }

    def summary(self) -> list[str]:
        """The last month in a few lines."""
        closing = sum(months.get(LAST_MONTH, 0) for months in self.arr.values())
        logos = sum(LAST_MONTH in months for months in self.arr.values())
        lines = [
            f"{len(self.arr)} customers ever, {logos} on {month_end(LAST_MONTH)}",
            f"ARR {closing // 100:,} USD",
        ]
        for month, window, kind, _, base, net, gross, *_ in self.retention():
            if (month, window, kind) == (LAST_MONTH, 12, "all"):
                lines.append(f"12 months: NDR {net / base:.1%}, GRR {gross / base:.1%}")
        return lines
