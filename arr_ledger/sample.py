"""The sample company: `python -m arr_ledger.sample` writes its extracts and answer key anew."""

import argparse
from pathlib import Path

from .sample_company.acquired_business import add_acquired_business
from .sample_company.answer_key import Key
from .sample_company.company import Company
from .sample_company.custom_billing import custom_billing_tables
from .sample_company.files import write_csv, write_seeds
from .sample_company.groups import add_groups
from .sample_company.health import health_tables
from .sample_company.new_business import add_prospects
from .sample_company.population import populate
from .sample_company.salesforce import salesforce_tables
from .sample_company.situations_charges import add_charge_situations
from .sample_company.situations_combined import add_combined_situations
from .sample_company.situations_custom import add_custom_situations
from .sample_company.situations_discounts import add_discount_situations
from .sample_company.situations_identity import add_identity_situations
from .sample_company.situations_moves import add_move_situations
from .sample_company.situations_pricing import add_pricing_situations
from .sample_company.situations_renewals import add_renewal_situations
from .sample_company.situations_service import add_service_situations
from .sample_company.situations_stripe import add_stripe_situations
from .sample_company.stripe import stripe_tables

SEED = 41
ORDINARY_CUSTOMERS = 226
PROJECT = Path(__file__).resolve().parent.parent
EXTRACTS = Path("seeds/sample_extracts")
ANSWER_KEY = Path("tests/python/answer_key")


def build_company() -> Company:
    """All contracts of the sample company."""
    company = Company(SEED)
    populate(company, ORDINARY_CUSTOMERS)
    add_stripe_situations(company)
    add_pricing_situations(company)
    add_acquired_business(company)
    add_renewal_situations(company)
    add_custom_situations(company)
    add_groups(company)
    add_move_situations(company)
    company.adds_plain = True
    add_charge_situations(company)
    add_discount_situations(company)
    add_service_situations(company)
    add_identity_situations(company)
    add_combined_situations(company)
    add_prospects(company)
    return company


def write_sample(folder: Path) -> Key:
    """Write extracts and answer key under a project folder."""
    company = build_company()
    key = Key(company)
    key.check()
    write_seeds(folder / EXTRACTS, stripe_tables(company))
    write_seeds(folder / EXTRACTS, salesforce_tables(company, key))
    write_seeds(folder / EXTRACTS, custom_billing_tables(company))
    write_seeds(folder / EXTRACTS, health_tables(company, key))
    for name, (header, rows) in key.tables().items():
        write_csv(folder / ANSWER_KEY / f"{name}.csv", header, rows)
    return key


def main() -> None:
    """Write the sample and say what it shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PROJECT, help="project folder to write into")
    key = write_sample(parser.parse_args().out)
    for line in key.summary():
        print(line)


if __name__ == "__main__":
    main()
