"""Contacts of the accounts: who uses, judges, pays for and defends the product, and who leaves."""

import random
from collections import defaultdict
from datetime import date

from .answer_key import Key
from .canaries import address, person
from .company import Company
from .days import AS_OF, FIRST_MONTH, LAST_MONTH, add_days, add_months, month_start
from .files import Table, columns, instant

SEED = 20260701
FIRST_PERSON = 7001
CLOCK = "08:15:00"
# role as the CRM writes it, share of accounts with such a person, share of those who leave
PARTS = (
    (("Business User",), 90, 12),
    (("Business User", "Influencer"), 40, 12),
    (("Technical Buyer", "Evaluator"), 75, 14),
    (("Economic Decision Maker", "Economic Buyer"), 80, 12),
    (("Champion", "Executive Sponsor"), 72, 0),
    (("Other", ""), 15, 0),
)
TELLING = 60
# share of the people known who are named on an opportunity
NAMED, NAMED_WHERE_LOST = 0.22, 0.02


class Writer:
    """Writes contacts, what ties them to accounts, and their parts in opportunities."""

    def __init__(self, contacts: Table, relations: Table, roles: Table) -> None:
        self.rng = random.Random(SEED)
        self.contacts, self.relations, self.roles = contacts, relations, roles
        self.known: dict[str, list[tuple[date, date, str, str]]] = defaultdict(list)

    def add(self, account_id: str, role: str, joined: date, left: date | None) -> None:
        """A person at an account; some roles stand on opportunities alone."""
        rng = self.rng
        number = len(self.contacts.rows)
        contact_id = f"0035f00000{number + 1:05d}"
        left = left if left and left <= AS_OF else None
        said_by_contact = left is not None and rng.random() < 0.15
        is_unsaid = role != "" and rng.random() < 0.15
        self.contacts.add(
            id=contact_id,
            account_id=account_id,
            name=person(FIRST_PERSON + number),
            first_name="Canary",
            last_name=person(FIRST_PERSON + number).removeprefix("Canary "),
            email=address(FIRST_PERSON + number),
            phone=f"canary {number:04d}",
            title=f"Head of {role or 'canaries'}, canary {number}",
            created_date=instant(joined, CLOCK),
            left_company_date_c=left if said_by_contact else None,
            is_deleted=number % 211 == 0,
        )
        self.relations.add(
            id=f"07k5f00000{number + 1:05d}",
            account_id=account_id,
            contact_id=contact_id,
            roles="" if is_unsaid else role,
            is_direct=True,
            is_active=left is None or said_by_contact,
            start_date=joined if rng.random() < 0.9 else None,
            end_date=left if left and not said_by_contact and rng.random() < 0.9 else None,
            created_date=instant(joined, CLOCK),
            last_modified_date=instant(left or joined, CLOCK),
            is_deleted=False,
        )
        if role:
            self.known[account_id].append((joined, left or AS_OF, contact_id, role))

    def take_part(self, opportunity: dict[str, object]) -> None:
        """Those known to the seller when the opportunity was opened."""
        opened = date.fromisoformat(str(opportunity["created_date"])[:10])
        there = [k for k in self.known[str(opportunity["account_id"])] if k[0] <= opened <= k[1]]
        share = NAMED_WHERE_LOST if opportunity.get("loss_reason_c") else NAMED
        for number, (_, _, contact_id, role) in enumerate(there):
            if self.rng.random() < share:
                self.roles.add(
                    id=f"00K5f00000{len(self.roles.rows) + 1:05d}",
                    opportunity_id=opportunity["id"],
                    contact_id=contact_id,
                    role=role.split(";")[0],
                    is_primary=number == 0,
                    created_date=opportunity["created_date"],
                    is_deleted=self.rng.random() < 0.02,
                )


def buyer_tables(company: Company, key: Key, opportunities: Table) -> list[Table]:
    """Contacts, account contact relations and opportunity contact roles."""

    def table(name: str, description: str, text: str) -> Table:
        return Table("salesforce", name, description, columns(text))

    contacts = table(
        "contact",
        "One row per Salesforce contact.",
        """
        string: id
        timestamp: _fivetran_synced
        string: account_id name first_name last_name email phone title
        timestamp: created_date
        date: left_company_date_c
        boolean: is_deleted""",
    )
    relations = table(
        "account_contact_relation",
        "One row per Salesforce contact and account it has to do with.",
        """
        string: id
        timestamp: _fivetran_synced
        string: account_id contact_id roles
        boolean: is_direct is_active
        date: start_date end_date
        timestamp: created_date last_modified_date
        boolean: is_deleted""",
    )
    roles = table(
        "opportunity_contact_role",
        "One row per part of a Salesforce contact in an opportunity.",
        """
        string: id
        timestamp: _fivetran_synced
        string: opportunity_id contact_id role
        boolean: is_primary
        timestamp: created_date
        boolean: is_deleted""",
    )
    writer = Writer(contacts, relations, roles)
    for account in company.accounts:
        if account.account_id in company.plain:
            continue
        if account.account_id in key.arr:
            write_people(writer, key, account.account_id)
        elif account.master:
            writer.add(account.account_id, "Business User", account.created, None)
    for opportunity in opportunities.rows:
        writer.take_part(opportunity)
    return [contacts, relations, roles]


def write_people(writer: Writer, key: Key, customer: str) -> None:
    """The people of a customer; where a champion leaves, the customer may follow."""
    rng = writer.rng
    first = month_start(max(key.first[customer], FIRST_MONTH))
    is_telling = rng.randrange(100) < TELLING
    for roles, share, leaving in PARTS:
        if rng.randrange(100) >= share:
            continue
        role = rng.choice(roles)
        if role.startswith("Economic") and rng.random() < 0.2:
            role += ";Champion"
        joined = add_days(first, -rng.randrange(60))
        if roles[0] == "Champion":
            left = champion_leaves(rng, key, customer, is_telling)
        else:
            span = max((AS_OF - joined).days, 2)
            is_leaving = rng.randrange(100) < leaving
            left = add_days(joined, rng.randrange(1, span)) if is_leaving else None
        left = left if left and left > joined else None
        writer.add(customer, role, joined, left)
        if left and rng.random() < 0.55:
            follows = add_days(left, rng.randrange(10, 120))
            if follows < AS_OF:
                writer.add(customer, role.split(";")[0], follows, None)


def champion_leaves(rng: random.Random, key: Key, customer: str, is_telling: bool) -> date | None:
    """The day a champion leaves: where it tells, months before the customer does."""
    churns = [
        month
        for month in range(key.first[customer], LAST_MONTH + 1)
        if key.moves.get((customer, month), ("",))[0] == "churn"
    ]
    if is_telling and churns and rng.random() < 0.75:
        return add_days(month_start(churns[0] - rng.randrange(4, 10)), rng.randrange(28))
    years = (LAST_MONTH - key.first[customer]) // 12 + 1
    for year in range(years):
        if rng.random() < (0.04 if is_telling else 0.10):
            return add_days(
                add_months(month_start(key.first[customer]), 12 * year), rng.randrange(20, 360)
            )
    return None
