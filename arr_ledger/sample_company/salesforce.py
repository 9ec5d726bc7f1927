"""The Salesforce extract: accounts with history, users, products, opportunities."""

from .answer_key import Key
from .buyers import buyer_tables
from .canaries import address
from .catalog import PRODUCTS
from .company import CSMS, MANAGERS, Company
from .days import FIRST_DAY
from .files import Table, columns, instant
from .lost_and_open_opportunities import state_reasons, write_lost_and_open
from .new_business import write_new_business
from .opportunities import write_first_sales, write_opportunities
from .opportunity_oddities import write_opportunity_oddities

# owners are shown on boards; their surname tells them apart from everything else
FIRST_NAMES = (
    *("Alma", "Bruno", "Chiara", "Dev", "Elena", "Farid", "Greta", "Hugo"),
    *("Ines", "Jonas", "Kira", "Liam", "Maya", "Noor"),
)
HISTORY_END = "9999-12-31 23:59:59"
CLOCK = "07:30:00"
ACCOUNT_COLUMNS = """
    string: name type industry segment_c region_c owner_id csm_id_c parent_id master_record_id
    timestamp: created_date system_modstamp
    boolean: is_deleted"""


def salesforce_tables(company: Company, key: Key) -> list[Table]:
    """All tables of the Salesforce extract."""

    def table(name: str, description: str, text: str) -> Table:
        return Table("salesforce", name, description, columns(text))

    account = table(
        "account",
        "One row per Salesforce account as it is now; merged and deleted ones included.",
        f"""
        string: id
        timestamp: _fivetran_synced
        {ACCOUNT_COLUMNS}""",
    )
    history = table(
        "account_history",
        "One row per version of a Salesforce account.",
        f"""
        string: id
        boolean: _fivetran_active
        timestamp: _fivetran_start _fivetran_end _fivetran_synced
        {ACCOUNT_COLUMNS}""",
    )
    user = table(
        "user",
        "One row per Salesforce user.",
        """
        string: id
        timestamp: _fivetran_synced
        boolean: _fivetran_deleted
        string: name first_name last_name email title department
        boolean: is_active
        timestamp: created_date""",
    )
    product = table(
        "product_2",
        "One row per Salesforce product.",
        """
        string: id
        timestamp: _fivetran_synced
        string: name product_code family
        boolean: is_active is_deleted
        timestamp: created_date""",
    )
    opportunity = table(
        "opportunity",
        "One row per Salesforce opportunity.",
        """
        string: id
        timestamp: _fivetran_synced
        string: account_id name type stage_name
        boolean: is_won is_closed
        string: forecast_category forecast_category_name currency_iso_code
        numeric(18,2): amount
        numeric(9,4): probability term_months_c
        date: close_date
        timestamp: created_date system_modstamp
        string: lead_source owner_id sourced_by_c loss_reason_c
        boolean: has_opportunity_line_item is_deleted""",
    )
    item = table(
        "opportunity_line_item",
        "One row per product of a Salesforce opportunity.",
        """
        string: id
        timestamp: _fivetran_synced
        string: opportunity_id product_2_id
        numeric(18,4): quantity
        numeric(18,2): unit_price total_price
        date: service_date
        timestamp: created_date
        boolean: is_deleted""",
    )
    write_accounts(company, account, history)
    write_users(user)
    for listed in PRODUCTS.values():
        product.add(
            id=listed.crm_id,
            name=listed.name,
            product_code=listed.product_id,
            family=listed.family,
            is_active=listed.is_active,
            is_deleted=False,
            created_date=instant(FIRST_DAY, CLOCK),
        )
    product.add(
        id="01t000000000005",
        name="Relay",
        product_code="relay",
        family="Automation",
        is_active=True,
        is_deleted=False,
        created_date=instant(FIRST_DAY, CLOCK),
    )
    write_opportunities(company, key, opportunity, item)
    write_opportunity_oddities(company, key, opportunity)
    write_first_sales(company, key, opportunity, item)
    write_lost_and_open(company, key, opportunity, item)
    write_new_business(company, key, opportunity, item)
    buyers = buyer_tables(company, key, opportunity)
    state_reasons(opportunity)
    key.opportunities = opportunity.rows
    return [account, history, opportunity, item, user, product, *buyers]


def write_accounts(company: Company, table: Table, history: Table) -> None:
    """Accounts and their versions."""
    customers = {
        customer.account_id for customer in company.stripe_customers + company.custom_customers
    }
    for account in company.accounts:
        for number, version in enumerate(account.versions):
            is_last = number == len(account.versions) - 1
            row = {
                "id": account.account_id,
                "name": account.name,
                "type": "Customer" if account.account_id in customers else "Prospect",
                "industry": version.industry,
                "segment_c": version.segment,
                "region_c": version.region,
                "owner_id": version.owner,
                "csm_id_c": version.csm,
                "parent_id": version.parent,
                "created_date": instant(account.created, CLOCK),
                "system_modstamp": instant(version.since, CLOCK),
                "is_deleted": account.is_deleted and is_last,
                "master_record_id": account.master if is_last else "",
            }
            until = (
                HISTORY_END if is_last else instant(account.versions[number + 1].since, "07:29:59")
            )
            history.add(
                **row,
                _fivetran_active=is_last,
                _fivetran_start=instant(version.since, CLOCK),
                _fivetran_end=until,
            )
            if is_last:
                table.add(**row)


def write_users(table: Table) -> None:
    """CSMs and account managers; one of each has left."""
    people = [(u, "Customer Success Manager", "Customer Success") for u in CSMS]
    people += [(u, "Account Manager", "Sales") for u in MANAGERS]
    for number, (user_id, title, department) in enumerate(people):
        table.add(
            id=user_id,
            name=f"{FIRST_NAMES[number]} Canary",
            first_name=FIRST_NAMES[number],
            last_name="Canary",
            email=address(number + 1),
            title=f"{title}, canary {number + 1}",
            department=department,
            is_active=number not in (7, 13),
            created_date=instant(FIRST_DAY, CLOCK),
            _fivetran_deleted=False,
        )
