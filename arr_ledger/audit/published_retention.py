"""NDR, GRR and cohorts, as a reader states them."""

from __future__ import annotations

from arr_ledger.audit.statements import (
    Statement,
    Table,
    between,
    cents,
    has_rows,
    one_row_per,
    zero,
)

SEGMENT = ("segment_type", "segment_value")
BELOW_ZERO = """
    (select distinct date_month, true as has_negative_arr
     from marts.fct_customer_arr_monthly where arr < 0)"""


def retention() -> Table:
    """A row per month, window and segment; rates are shares of the base."""
    keys = ("date_month", "window_months", *SEGMENT)
    return Table(
        "marts.rpt_ndr_grr_monthly",
        keys,
        (
            has_rows(),
            one_row_per(*keys),
            between("grr", "GRR is between 0 and 1.", 0, 1),
            between("logo_retention", "Logo retention is between 0 and 1.", 0, 1),
            _gross_is_not_above_net("gross_retained_arr", "net_retained_arr", "GRR", "NDR"),
            between(
                "gross_retained_arr",
                "What is retained gross is not more than the base.",
                0,
                None,
                "cents of the base lost",
                cents("base_arr - gross_retained_arr"),
            ),
            zero(
                "ndr",
                "rate without a base",
                "cast((ndr is null) <> (base_customers = 0) as integer)",
                "There is a rate where there is a base, and none where there is none.",
            ),
            between(
                "ndr",
                "NDR is net retained ARR over base ARR.",
                -0.000001,
                0.000001,
                "NDR less its parts",
                "ndr - cast(net_retained_arr as double) / nullif(cast(base_arr as double), 0)",
            ),
        ),
        f"(select * from marts.rpt_ndr_grr_monthly left join {BELOW_ZERO} using (date_month))",
    )


def cohorts() -> Table:
    """A row per cohort, age and segment; rates are shares of age 0."""
    keys = ("cohort_month", "age_months", *SEGMENT)
    newest = "(select max(date_month) from marts.rpt_arr_bridge_monthly)"
    return Table(
        "marts.rpt_cohort_retention_monthly",
        keys,
        (
            one_row_per(*keys),
            between("gross_retention", "Gross retention is between 0 and 1.", 0, 1),
            between("logo_retention", "Logo retention is between 0 and 1.", 0, 1),
            zero(
                "logo_retention",
                "less than all customers at age 0",
                "cast(age_months = 0 and logo_retention <> 1 as integer)",
                "At age 0 a cohort is whole.",
            ),
            between("age_months", "No age is below 0.", 0),
            between(
                "age_months",
                "No month is shown that a cohort has not reached.",
                0,
                None,
                "months not reached",
                f"date_diff('month', cohort_month, {newest}) - age_months",
            ),
        ),
    )


def _gross_is_not_above_net(gross: str, net: str, gross_name: str, net_name: str) -> Statement:
    """Both as money, so that no rounding decides; a customer below zero may bring net under it."""
    return between(
        gross,
        f"{gross_name} is not above {net_name}, unless a customer's ARR is negative that month.",
        0,
        None,
        f"cents of {net_name} above {gross_name}",
        f"case when has_negative_arr is null then {cents(f'{net} - {gross}')} end",
    )
