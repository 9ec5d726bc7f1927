"""Random subscriptions of Stripe, invoiced as Stripe would, and the ARR of what was agreed.

`life` sells, changes, pauses and ends; it writes the rows that Fivetran would land and keeps what
was agreed from which day on. The ledger sees the rows alone.
"""
