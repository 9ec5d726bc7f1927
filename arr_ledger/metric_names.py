"""The metrics of the command line, and every name that people use for them."""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches

from arr_ledger.problems import RefusedError

RATES = ("ndr", "grr", "logo_retention")
MOVEMENTS = (
    *("opening_balance", "new", "reactivation", "expansion"),
    *("contraction", "churn", "fx", "transfer"),
)
METRICS = (*RATES, "ending_arr", *MOVEMENTS)
# other names in use, without _arr and _rate, which may follow any name
OTHER_NAMES = {
    "ndr": (
        *("nrr", "net_retention", "net_revenue_retention", "net_dollar_retention"),
        *("net_arr_retention", "net_recurring_revenue_retention", "retention"),
    ),
    "grr": (
        *("gdr", "gross_retention", "gross_revenue_retention", "gross_dollar_retention"),
        "gross_arr_retention",
    ),
    "logo_retention": (
        *("logo", "logos", "customer_retention", "account_retention", "logo_retention_rate"),
    ),
    "ending_arr": (
        *("arr", "ending", "closing_arr", "closing", "total_arr", "annual_recurring_revenue"),
        *("arr_at_month_end", "ending_balance"),
    ),
    "opening_balance": ("opening",),
    "new": ("new_business", "new_logo", "new_customer", "new_customers"),
    "reactivation": ("reactivated", "winback", "win_back", "resurrected"),
    "expansion": ("upgrade", "expanded"),
    "contraction": ("downgrade", "downsell", "contracted"),
    "churn": ("churned", "lost", "cancelled", "canceled", "gross_churn"),
    "fx": ("exchange_rates", "exchange_rate", "currency"),
    "transfer": ("transfers", "transferred"),
}
_BY_NAME = {
    **{other: metric for metric, others in OTHER_NAMES.items() for other in others},
    **{metric: metric for metric in METRICS},
}
_ENDINGS = ("_arr", "_rate", "_percent")


def parse_metric(text: str) -> str:
    """The metric of a name in any case, with blanks or hyphens, with or without _arr or _rate."""
    name = "_".join(text.lower().replace("-", " ").replace("_", " ").split())
    shorter = [name.removesuffix(ending) for ending in _ENDINGS]
    for each in (name, *shorter, f"{name}_arr"):
        if each in _BY_NAME:
            return _BY_NAME[each]
    meant = ""
    if get_close_matches(name, _BY_NAME, n=1):
        # of two names that are as near, our own
        nearest = max(_BY_NAME, key=lambda each: (_likeness(name, each), each in METRICS))
        also = f" ({nearest})" if nearest not in METRICS else ""
        meant = f"did you mean {_BY_NAME[nearest]}{also}? "
    raise MetricError(f"--metric {text!r} is not known; {meant}known are {', '.join(METRICS)}.")


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, other, one).ratio()


class MetricError(RefusedError):
    """No metric has this name."""
