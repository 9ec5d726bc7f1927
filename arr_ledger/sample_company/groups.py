"""What the CRM knows that billing does not: merges, groups, moves between segments, hand-overs."""

from datetime import date

from .company import CSMS, MANAGERS, Company
from .days import add_months

D = date
MERGES = ((20, 21, 22), (40, 41, 42))
GROUPS = ((24, 25), (27, 28, 29), (44, 45, 46, 47), (60, 61))


def add_groups(company: Company) -> None:
    """Change accounts of ordinary Stripe customers; they stand first among the accounts."""
    accounts = company.accounts
    customers = {customer.account_id: customer for customer in company.stripe_customers}
    for first, second, last in MERGES:
        for loser, winner in ((first, second), (second, last)):
            accounts[loser].master = accounts[winner].account_id
            accounts[loser].is_deleted = True
            company.note(
                "merge_chain",
                customers[accounts[loser].account_id],
                f"ends in {accounts[last].account_id}",
            )
        company.note(
            "merge_chain", customers[accounts[last].account_id], "survivor of a chain of two"
        )
    for group in GROUPS:
        parent = accounts[group[0]]
        for number in group[1:]:
            for version in accounts[number].versions:
                version.parent = parent.account_id
        for number in group:
            company.note(
                "parent_group",
                customers[accounts[number].account_id],
                f"group of {parent.account_id}",
            )
    # A child of a child: the ultimate parent counts.
    since = add_months(accounts[47].current.since, 1)
    accounts[47].change(since, parent=accounts[46].account_id)
    for number, since in ((61, D(2025, 2, 11)), (29, D(2024, 8, 20))):
        since = max(since, add_months(accounts[number].versions[-1].since, 1))
        accounts[number].change(since, parent=accounts[24].account_id)
        company.note(
            "parent_change",
            customers[accounts[number].account_id],
            f"to {accounts[24].account_id} on {since}",
        )
    moves = (
        (1, D(2023, 4, 18), "Enterprise"),
        (5, D(2024, 1, 31), "Mid-Market"),
        (7, D(2024, 2, 29), "SMB"),
        (11, D(2025, 7, 1), "Mid-Market"),
        (13, D(2022, 12, 15), "Enterprise"),
    )
    for number, since, segment in moves:
        since = max(since, add_months(accounts[number].versions[-1].since, 1))
        target = (
            segment
            if accounts[number].current.segment != segment
            else "Mid-Market"
            if segment != "Mid-Market"
            else "Enterprise"
        )
        accounts[number].change(since, segment=target)
        company.note(
            "segment_change", customers[accounts[number].account_id], f"{target} from {since}"
        )
    for number, since in (
        (2, D(2023, 9, 1)),
        (6, D(2024, 3, 15)),
        (10, D(2025, 1, 1)),
        (16, D(2025, 10, 1)),
    ):
        since = max(since, add_months(accounts[number].versions[-1].since, 1))
        accounts[number].change(since, owner=MANAGERS[number % 6], csm=CSMS[number % 8])
        company.note(
            "owner_hand_over",
            customers[accounts[number].account_id],
            f"new owner and CSM on {since}",
        )
    for number, field in ((17, "industry"), (18, "segment"), (19, "region")):
        for version in accounts[number].versions:
            setattr(version, field, "")
        company.note(
            "empty_attribute", customers[accounts[number].account_id], f"{field} is empty: unknown"
        )
    for name in ("Duplicate Of Nobody Ltd", "Imported By Mistake Inc"):
        account = company.add_account(D(2024, 5, 6), "SMB", "North America", name)
        account.is_deleted = True
