"""Rows as a loader may land them, and what staging must make of them.

The unit tests beside the models have these rows too; here they go through the SQL that dbt compiled
for the sample company. Only what a case is about is filled in; every other column is null.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class StagingCase:
    """Rows of a sample extract, and some columns of what the staging model makes of each."""

    name: str
    model: str
    extract: str
    rows: Rows
    expected: Rows

    def got(self, columns: dict[str, str], staged: dict[str, str]) -> Rows:
        """What the compiled SQL makes of the rows; columns and types are those of the seed.

        ``staged``: the compiled SQL of staging models by name, of this one and those it reads.
        """
        names, sql = list(self.expected[0]), staged[self.model]
        read = [name for name in staged if name != self.model and name in sql]

        def plain(text: str) -> str:
            return re.sub(rf'("?\w+"?\.)*"?({"|".join([self.extract, *read])})"?', r"\2", text)

        with duckdb.connect(":memory:") as connection:
            connection.execute("set timezone = 'UTC'")
            typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"create table {self.extract} ({typed})")
            for row in self.rows:
                listed = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into {self.extract} ({listed}) values ({marks})", list(row.values())
                )
            for name in read:
                connection.execute(f"create view {name} as {plain(staged[name])}")
            rows = connection.execute(
                f"select {', '.join(names)} from ({plain(sql)}) as staged"
            ).fetchall()
        return [dict(zip(names, map(_told, row), strict=True)) for row in rows]

    def holds(self, columns: dict[str, str], staged: dict[str, str]) -> bool:
        """Whether the SQL makes of the rows what is expected."""
        return in_any_order(self.got(columns, staged)) == in_any_order(self.expected)


def in_any_order(rows: Rows) -> Rows:
    """Sorted by their text: staging promises no order."""
    return sorted(rows, key=lambda row: sorted(map(str, row.items())))


def _told(value: Any) -> Any:
    """Flags and nulls as they are, everything else as text without a fraction of zeros."""
    if value is None or isinstance(value, bool):
        return value
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


CASES = [
    # Flags that no loader ever saw set: the contact is there, and so is its tie to the account.
    StagingCase(
        "a_contact_without_flags_is_there",
        "stg_salesforce__contacts",
        "sample_salesforce__contact",
        [
            {"id": "x1"},
            {"id": "x2", "is_deleted": True, "left_company_date_c": "2025-05-01"},
        ],
        [
            {"contact_id": "x1", "is_deleted": False, "left_company_date": None},
            {"contact_id": "x2", "is_deleted": True, "left_company_date": "2025-05-01"},
        ],
    ),
    StagingCase(
        "a_relation_without_flags_is_active_and_there",
        "stg_salesforce__account_contact_relations",
        "sample_salesforce__account_contact_relation",
        [
            {"id": "x1"},
            {"id": "x2", "is_active": False, "is_deleted": True},
        ],
        [
            {"account_contact_relation_id": "x1", "is_active": True, "is_deleted": False},
            {"account_contact_relation_id": "x2", "is_active": False, "is_deleted": True},
        ],
    ),
    StagingCase(
        "a_part_in_an_opportunity_without_a_flag_is_there",
        "stg_salesforce__opportunity_contact_roles",
        "sample_salesforce__opportunity_contact_role",
        [
            {"id": "x1"},
            {"id": "x2", "is_deleted": True},
        ],
        [
            {"opportunity_contact_role_id": "x1", "is_deleted": False},
            {"opportunity_contact_role_id": "x2", "is_deleted": True},
        ],
    ),
    # A loader that never saw a flag set leaves it empty. A product is then active and not
    # deleted.
    StagingCase(
        "a_product_without_flags_is_on_sale_and_not_deleted",
        "stg_salesforce__products",
        "sample_salesforce__product_2",
        [
            {"id": "x1"},
            {"id": "x2", "is_active": False, "is_deleted": True},
        ],
        [
            {"crm_product_id": "x1", "is_active": True, "is_deleted": False},
            {"crm_product_id": "x2", "is_active": False, "is_deleted": True},
        ],
    ),
    # An empty is_deleted says that the line item was not deleted.
    StagingCase(
        "a_line_item_without_flags_is_there",
        "stg_salesforce__opportunity_line_items",
        "sample_salesforce__opportunity_line_item",
        [
            {"id": "li1"},
            {"id": "li2", "is_deleted": True},
        ],
        [
            {"opportunity_line_item_id": "li1", "is_deleted": False},
            {"opportunity_line_item_id": "li2", "is_deleted": True},
        ],
    ),
    # An empty flag is one that was never set. The second user has all of them the other way.
    StagingCase(
        "a_user_without_flags_is_active_and_not_deleted",
        "stg_salesforce__users",
        "sample_salesforce__user",
        [
            {"id": "u1"},
            {"id": "u2", "is_active": False, "_fivetran_deleted": True},
        ],
        [
            {"user_id": "u1", "is_active": True, "is_deleted": False},
            {"user_id": "u2", "is_active": False, "is_deleted": True},
        ],
    ),
    # Salesforce writes an empty text where no account survived a merge .
    StagingCase(
        "an_empty_link_of_a_version_is_none",
        "stg_salesforce__account_versions",
        "sample_salesforce__account_history",
        [
            {"id": "a", "_fivetran_start": "2024-01-01 00:00:00", "master_record_id": ""},
            {"id": "b", "_fivetran_start": "2024-01-01 00:00:00", "master_record_id": "m"},
        ],
        [
            {"account_id": "a", "merged_into_account_id": None},
            {"account_id": "b", "merged_into_account_id": "m"},
        ],
    ),
    # Empty flags: neither closed nor won nor deleted.
    StagingCase(
        "an_opportunity_without_flags_is_open",
        "stg_salesforce__opportunities",
        "sample_salesforce__opportunity",
        [
            {"id": "o1"},
            {"id": "o2", "is_closed": True, "is_won": True, "is_deleted": True},
        ],
        [
            {"opportunity_id": "o1", "is_closed": False, "is_won": False, "is_deleted": False},
            {"opportunity_id": "o2", "is_closed": True, "is_won": True, "is_deleted": True},
        ],
    ),
    # Only a customer that Stripe marks as deleted is.
    StagingCase(
        "a_customer_without_a_flag_is_not_deleted",
        "stg_stripe__customers",
        "sample_stripe__customer",
        [
            {"id": "c1"},
            {"id": "c2", "is_deleted": True},
        ],
        [
            {"customer_id": "c1", "is_deleted": False},
            {"customer_id": "c2", "is_deleted": True},
        ],
    ),
    # Only an invoice that Stripe marks as deleted or as test data is.
    StagingCase(
        "an_invoice_without_flags_is_live_and_not_deleted",
        "stg_stripe__invoices",
        "sample_stripe__invoice",
        [
            {"id": "i1"},
            {"id": "i2", "is_deleted": True},
            {"id": "i3", "livemode": False},
        ],
        [
            {"invoice_id": "i1", "is_deleted": False, "is_live_mode": True},
            {"invoice_id": "i2", "is_deleted": True, "is_live_mode": True},
            {"invoice_id": "i3", "is_deleted": False, "is_live_mode": False},
        ],
    ),
    # The newer id and the price count before the older id and the plan; where a newer one is
    # empty, the older stands for it. Newer API versions keep the mark of a correction apart.
    StagingCase(
        "a_line_is_known_by_its_newer_ids_and_is_no_correction_unless_it_says_so_or_credits_an_item",
        "stg_stripe__invoice_line_items",
        "sample_stripe__invoice_line_item",
        [
            {"unique_id": "n", "id": "o", "price_id": "price", "plan_id": "plan"},
            {"id": "o2", "plan_id": "plan", "proration": True},
            {"id": "o3", "subscription_item_id": "si", "amount": -5},
            {"id": "o4", "amount": -5},
        ],
        [
            {"invoice_line_item_id": "o3", "price_id": None, "is_proration": True},
            {"invoice_line_item_id": "o4", "price_id": None, "is_proration": False},
            {"invoice_line_item_id": "n", "price_id": "price", "is_proration": False},
            {"invoice_line_item_id": "o2", "price_id": "plan", "is_proration": True},
        ],
    ),
    # A price below one cent has its amount in the decimal column alone.
    StagingCase(
        "the_tier_is_the_metadata_or_else_the_nickname_and_small_amounts_have_decimals",
        "stg_stripe__prices",
        "sample_stripe__price",
        [
            {
                "id": "p1",
                "currency": "usd",
                "metadata": '{"plan_tier": "gold"}',
                "nickname": "Gold yearly",
                "unit_amount": "500",
            },
            {
                "id": "p2",
                "currency": "eur",
                "metadata": "{}",
                "nickname": "Silver",
                "unit_amount_decimal": "0.25",
            },
        ],
        [
            {"price_id": "p1", "currency": "USD", "plan_tier": "gold", "unit_amount_minor": "500"},
            {
                "price_id": "p2",
                "currency": "EUR",
                "plan_tier": "Silver",
                "unit_amount_minor": "0.25",
            },
        ],
    ),
    # A plan is recurring whatever it says, and is named by its nickname; one with tiers has no
    # amount of its own.
    StagingCase(
        "a_plan_is_recurring_and_named_by_its_nickname",
        "stg_stripe__plans",
        "sample_stripe__plan",
        [
            {"id": "flat", "currency": "usd", "nickname": "Silver", "amount": "500"},
            {"id": "tiers", "currency": "eur"},
        ],
        [
            {
                "price_id": "flat",
                "currency": "USD",
                "price_type": "recurring",
                "plan_tier": "Silver",
                "unit_amount_minor": "500",
            },
            {
                "price_id": "tiers",
                "currency": "EUR",
                "price_type": "recurring",
                "plan_tier": None,
                "unit_amount_minor": None,
            },
        ],
    ),
    # Whole minor units count first, decimal ones stand in, and a tier with neither costs nothing
    # for each unit and nothing flat.
    StagingCase(
        "a_tier_without_an_amount_is_free",
        "stg_stripe__price_tiers",
        "sample_stripe__tier",
        [
            {
                "price_id": "whole",
                "unit_amount": "500",
                "unit_amount_decimal": "499.5",
                "flat_amount": "1000",
            },
            {"price_id": "parts", "unit_amount_decimal": "0.25"},
            {"price_id": "free", "up_to": "10"},
        ],
        [
            {
                "price_id": "whole",
                "up_to_quantity": None,
                "unit_amount_minor": "500",
                "flat_amount_minor": "1000",
            },
            {
                "price_id": "parts",
                "up_to_quantity": None,
                "unit_amount_minor": "0.25",
                "flat_amount_minor": "0",
            },
            {
                "price_id": "free",
                "up_to_quantity": "10",
                "unit_amount_minor": "0",
                "flat_amount_minor": "0",
            },
        ],
    ),
    # A version until 1 January 9999 or later is in force; one until the last second of 9998 has
    # an end. Live, not to be cancelled and in force unless told otherwise.
    StagingCase(
        "the_year_9999_is_no_end_and_empty_flags_are_the_usual_ones",
        "stg_stripe__subscription_versions",
        "sample_stripe__subscription_history",
        [
            {
                "id": "open",
                "_fivetran_start": "2024-01-01 00:00:00",
                "_fivetran_end": "9999-01-01 00:00:00",
            },
            {
                "id": "ends",
                "_fivetran_start": "2024-01-01 00:00:00",
                "_fivetran_end": "9998-12-31 23:59:59",
                "cancel_at_period_end": True,
                "livemode": False,
                "_fivetran_active": False,
            },
        ],
        [
            {
                "subscription_id": "open",
                "version_ended_at": None,
                "is_cancelled_at_period_end": False,
                "is_live_mode": True,
                "is_active_version": True,
            },
            {
                "subscription_id": "ends",
                "version_ended_at": "9998-12-31 23:59:59",
                "is_cancelled_at_period_end": True,
                "is_live_mode": False,
                "is_active_version": False,
            },
        ],
    ),
    # No quantity is one, no charge type is recurring, no flag is no contracted step, and the year
    # 9999 is no end.
    StagingCase(
        "what_a_line_leaves_out_is_one_recurring_unit_without_an_end",
        "stg_custom_billing__subscription_lines",
        "sample_custom_billing__subscription_lines",
        [
            {
                "line_id": "bare",
                "customer_id": "c",
                "product_id": "p",
                "start_date": "2024-01-01",
                "end_date": "9999-01-01",
                "term_amount": "12",
                "currency": "usd",
            },
            {
                "line_id": "full",
                "customer_id": "c",
                "product_id": "p",
                "start_date": "2024-01-01",
                "end_date": "9998-12-31",
                "term_amount": "12",
                "currency": "USD",
                "quantity": "3",
                "charge_type": "usage",
                "is_contracted_step": True,
            },
        ],
        [
            {
                "line_id": "bare",
                "currency": "USD",
                "charge_type": "recurring",
                "is_contracted_step": False,
                "quantity": "1",
                "end_date": None,
            },
            {
                "line_id": "full",
                "currency": "USD",
                "charge_type": "usage",
                "is_contracted_step": True,
                "quantity": "3",
                "end_date": "9998-12-31",
            },
        ],
    ),
    # Missed on 10 May: an open line and a later end become that day, an earlier end stays, and a
    # line that was to begin in June never began.
    StagingCase(
        "a_line_that_is_gone_upstream_ended_on_the_day_it_was_missed",
        "stg_custom_billing__subscription_lines",
        "sample_custom_billing__subscription_lines",
        [
            {"line_id": name, "start_date": start, "end_date": end, "_deleted_date": "2025-05-10"}
            for name, start, end in (
                ("open", "2024-01-01", None),
                ("forever", "2024-01-01", "9999-12-31"),
                ("later", "2024-01-01", "2026-01-01"),
                ("earlier", "2024-01-01", "2025-01-01"),
                ("future", "2025-06-01", None),
            )
        ],
        [
            {"line_id": "open", "end_date": "2025-05-10", "deleted_date": "2025-05-10"},
            {"line_id": "forever", "end_date": "2025-05-10", "deleted_date": "2025-05-10"},
            {"line_id": "later", "end_date": "2025-05-10", "deleted_date": "2025-05-10"},
            {"line_id": "earlier", "end_date": "2025-01-01", "deleted_date": "2025-05-10"},
            {"line_id": "future", "end_date": "2025-06-01", "deleted_date": "2025-05-10"},
        ],
    ),
    # The second one is usage.
    StagingCase(
        "a_product_is_recurring_unless_it_says_otherwise",
        "stg_custom_billing__products",
        "sample_custom_billing__products",
        [
            {"product_id": "p"},
            {"product_id": "q", "revenue_type": "usage"},
        ],
        [
            {"product_id": "p", "revenue_type": "recurring"},
            {"product_id": "q", "revenue_type": "usage"},
        ],
    ),
    # The loader's year 9999 is no end; the last second before it is one.
    StagingCase(
        "a_discount_until_the_year_9999_has_no_end",
        "stg_stripe__subscription_discounts",
        "sample_stripe__subscription_discount",
        [
            {"id": "open", "end": "9999-01-01 00:00:00"},
            {"id": "ends", "end": "9998-12-31 23:59:59"},
        ],
        [
            {"discount_id": "open", "ends_at": None},
            {"discount_id": "ends", "ends_at": "9998-12-31 23:59:59"},
        ],
    ),
]
