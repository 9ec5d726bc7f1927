"""The Stripe tables as Fivetran lands them: names, types, meaning."""

from .files import Table, columns


def new_tables() -> dict[str, Table]:
    """Empty tables by name."""

    def table(name: str, description: str, text: str) -> Table:
        return Table("stripe", name, description, columns(text))

    tables = [
        table(
            "customer",
            "One row per Stripe customer; metadata names the CRM account and a person.",
            """
            string: id
            timestamp: _fivetran_synced
            string: name email description currency
            timestamp: created
            boolean: delinquent is_deleted livemode
            string: metadata""",
        ),
        table(
            "product",
            "One row per Stripe product; metadata names the product family.",
            """
            string: id
            timestamp: _fivetran_synced
            string: name type unit_label
            boolean: active is_deleted livemode
            timestamp: created
            string: metadata""",
        ),
        table(
            "price",
            "One row per Stripe price; metadata names the plan tier.",
            """
            string: id
            timestamp: _fivetran_synced
            string: product_id
            boolean: active
            string: type currency billing_scheme
            bigint: unit_amount
            string: unit_amount_decimal recurring_interval
            integer: recurring_interval_count
            string: recurring_usage_type recurring_aggregate_usage tiers_mode
            integer: transform_quantity_divide_by
            string: transform_quantity_round nickname
            timestamp: created
            boolean: is_deleted livemode
            string: metadata tax_behavior currency_options""",
        ),
        table(
            "plan",
            "One row per legacy Stripe plan, the twin of a recurring price.",
            """
            string: id
            timestamp: _fivetran_synced
            string: product_id
            boolean: active
            bigint: amount
            string: currency interval
            integer: interval_count
            string: usage_type aggregate_usage
            integer: trial_period_days
            string: billing_scheme nickname
            boolean: is_deleted livemode""",
        ),
        table(
            "tier",
            "One row per tier of a tiered Stripe price; an empty up_to is the rest.",
            """
            string: price_id
            timestamp: _fivetran_synced
            bigint: up_to unit_amount
            string: unit_amount_decimal
            bigint: flat_amount
            string: flat_amount_decimal""",
        ),
        table(
            "coupon",
            "One row per Stripe coupon.",
            """
            string: id
            timestamp: _fivetran_synced
            string: name duration
            integer: duration_in_months
            numeric(9,4): percent_off
            bigint: amount_off
            string: currency
            timestamp: created
            boolean: valid livemode
            string: applies_to_products currency_options""",
        ),
        table(
            "discount",
            "One row per discount that a Stripe customer holds for all subscriptions.",
            """
            string: id
            timestamp: _fivetran_synced
            string: type type_id coupon_id customer_id subscription_id invoice_id promotion_code
            timestamp: start end""",
        ),
        table(
            "subscription_discount",
            "One row per discount of a Stripe subscription or of one of its items.",
            """
            string: id
            timestamp: _fivetran_synced
            string: coupon_id customer_id subscription_id subscription_item_id invoice_id
            timestamp: start end""",
        ),
        table(
            "subscription_history",
            "One row per version of a Stripe subscription; the active one is current.",
            """
            string: id
            boolean: _fivetran_active
            timestamp: _fivetran_start _fivetran_end _fivetran_synced
            string: status customer_id
            timestamp: created start_date billing_cycle_anchor
            timestamp: current_period_start current_period_end cancel_at
            boolean: cancel_at_period_end
            timestamp: canceled_at ended_at trial_start trial_end
            string: pause_collection_behavior
            timestamp: pause_collection_resumes_at
            string: latest_invoice_id
            boolean: livemode
            string: metadata currency""",
        ),
        table(
            "subscription",
            "One row per Stripe subscription in connections without a history table; empty here.",
            """
            string: id
            timestamp: _fivetran_synced
            string: status customer_id
            timestamp: created start_date billing_cycle_anchor
            timestamp: current_period_start current_period_end cancel_at
            boolean: cancel_at_period_end
            timestamp: canceled_at ended_at trial_start trial_end
            string: pause_collection_behavior
            timestamp: pause_collection_resumes_at
            bigint: quantity
            string: latest_invoice_id
            boolean: livemode
            string: metadata""",
        ),
        table(
            "subscription_item",
            "One row per current item of a Stripe subscription; removed items are missing.",
            """
            string: id
            timestamp: _fivetran_synced
            string: subscription_id plan_id
            bigint: quantity
            timestamp: created current_period_start current_period_end
            string: metadata""",
        ),
        table(
            "invoice",
            "One row per Stripe invoice; void and deleted ones included.",
            """
            string: id
            timestamp: _fivetran_synced
            string: customer_id subscription_id status billing_reason
            timestamp: created period_start period_end
            string: currency
            bigint: subtotal tax total amount_paid
            timestamp: status_transitions_paid_at status_transitions_voided_at
            boolean: is_deleted livemode""",
        ),
        table(
            "invoice_line_item",
            "One row per line of a Stripe invoice; prorations and one-off items included.",
            """
            string: id
            timestamp: _fivetran_synced
            string: unique_id invoice_id subscription_id subscription_item_id price_id plan_id type
            bigint: amount
            string: currency
            bigint: quantity
            string: unit_amount_excluding_tax
            timestamp: period_start period_end
            boolean: proration discountable livemode
            string: metadata""",
        ),
        table(
            "subscription_item_change_events",
            "One row per event that moves Stripe's own MRR, as Stripe Data Pipeline lands it.",
            """
            timestamp: event_timestamp local_event_timestamp
            string: event_type subscription_id subscription_item_id customer_id product_id price_id
            string: currency
            bigint: mrr_change quantity_change""",
        ),
    ]
    return {table.name: table for table in tables}
