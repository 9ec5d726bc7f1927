"""Takes a figure of a check from the marts of a run. A rate that is not there is None."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledger_harness import LedgerRun

COMPONENTS = [
    "opening_balance",
    "new",
    "reactivation",
    "expansion",
    "contraction",
    "churn",
    "fx",
    "transfer",
]
TWELVE = {"mrr": 12, "arr": 1}
# the models that figures and mistakes are taken from
READ = (
    "fct_arr_movement_drivers",
    "fct_arr_movements",
    "fct_customer_arr_monthly",
    "fct_parent_arr_movements",
    "fct_renewals",
    "int_arr_spans",
    "int_calendar_months",
    "int_subscription_lines",
    "rpt_arr_bridge_by_currency_monthly",
    "rpt_arr_bridge_monthly",
    "rpt_arr_rates_monthly",
    "rpt_bridge_to_ndr_reconciliation",
    "rpt_cohort_retention_monthly",
    "rpt_expansion_needed",
    "rpt_expansion_rates_monthly",
    "rpt_ndr_grr_monthly",
    "rpt_parent_ndr_grr_monthly",
    "rpt_projected_retention_monthly",
)


def _month(day: str) -> date:
    """First day of the month whose last day is given."""
    last = date.fromisoformat(day)
    assert (last + timedelta(days=1)).day == 1, f"{day} is not the last day of a month"
    return last.replace(day=1)


def _index(month: date) -> int:
    return month.year * 12 + month.month


def _segment(terms: dict) -> dict[str, str]:
    segment_type, segment_value = terms.get("segment", ["all", "all"])
    return {"segment_type": segment_type, "segment_value": segment_value}


def _bridge(run: LedgerRun, terms: dict) -> dict[date, dict]:
    return {row["date_month"]: row for row in run.rows("rpt_arr_bridge_monthly", **_segment(terms))}


def arr(run: LedgerRun, terms: dict) -> Decimal:
    """Closing ARR by the bridge and by the customer months; for a customer by the latter alone."""
    month = _month(terms["at"])
    named = {"customer_id": terms["customer"]} if "customer" in terms else {}
    held = sum(
        (row["arr"] for row in run.rows("fct_customer_arr_monthly", date_month=month, **named)),
        Decimal(0),
    )
    if named:
        return held
    bridge = _bridge(run, terms)
    assert month <= last_published(run), f"{month} is not published"
    closing = bridge[month]["ending_arr"] if month in bridge else Decimal(0)
    if "segment" not in terms:
        assert closing == held, (
            f"the bridge closes at {closing}, the customers of the month hold {held}"
        )
    return closing


def mrr(run: LedgerRun, terms: dict) -> Decimal:
    return arr(run, terms) / 12


def bridge(run: LedgerRun, terms: dict) -> Decimal:
    """Sum of a component over (from, to]; per customer or parent from the movements."""
    first, last = _month(terms["from"]), _month(terms["to"])
    component = terms["component"]
    if "currency" in terms:
        changes = [
            row[f"{component}_arr"]
            for row in run.rows("rpt_arr_bridge_by_currency_monthly", currency=terms["currency"])
            if first < row["date_month"] <= last
        ]
    elif "customer" in terms or terms.get("grain") == "parent":
        parent = terms.get("grain") == "parent"
        rows = run.rows(
            "fct_parent_arr_movements" if parent else "fct_arr_movements", movement_type=component
        )
        changes = [
            row["arr_change"]
            for row in rows
            if first < row["date_month"] <= last
            and terms.get("customer") in (None, row.get("customer_id"))
        ]
    else:
        changes = [
            row[f"{component}_arr"]
            for month, row in _bridge(run, terms).items()
            if first < month <= last
        ]
    return sum(changes, Decimal(0)) / TWELVE[terms.get("basis", "arr")]


def _retention(column: str) -> Callable[[LedgerRun, dict], Any]:
    def read(run: LedgerRun, terms: dict) -> Any:
        first, last = _month(terms["from"]), _month(terms["to"])
        assert last <= last_published(run), f"{last} is not published"
        parent = terms.get("grain") == "parent"
        rows = run.rows(
            "rpt_parent_ndr_grr_monthly" if parent else "rpt_ndr_grr_monthly",
            date_month=last,
            window_months=_index(last) - _index(first),
            **_segment(terms),
        )
        name = column.replace("customers", "parents") if parent else column
        return rows[0][name] if rows else None

    return read


def grr_per_customer_and_product(run: LedgerRun, terms: dict) -> Any:
    base, now = _held_at(run, "int_arr_spans", terms, ["customer_id", "product_id"])
    return _over(
        sum(max(Decimal(0), min(now.get(key, Decimal(0)), value)) for key, value in base.items()),
        base,
    )


def grr(run: LedgerRun, terms: dict) -> Any:
    if terms.get("capped_per") == "customer and product":
        return grr_per_customer_and_product(run, terms)
    return _retention("grr")(run, terms)


def _held_at(run: LedgerRun, spans: str, terms: dict, keys: list[str]) -> tuple[dict, dict]:
    """ARR above zero at the base month and any ARR now, by key, read off spans of month indexes."""
    held = []
    for month in (_index(_month(terms["from"])), _index(_month(terms["to"]))):
        rows = run.query(
            f"select {', '.join(keys)}, sum(arr) as arr from {run.relation(spans)}"
            f" where from_month_index <= ? and (until_month_index is null or until_month_index > ?)"
            f" group by {', '.join(keys)}",
            [month, month],
        )
        held.append({tuple(row[key] for key in keys): row["arr"] for row in rows})
    return {key: value for key, value in held[0].items() if value > 0}, held[1]


def _over(part: Any, base: dict) -> float | None:
    whole = sum(base.values())
    return float(part) / float(whole) if whole else None


def _rates(column: str) -> Callable[[LedgerRun, dict], Any]:
    def read(run: LedgerRun, terms: dict) -> Any:
        last = _month(terms["to"])
        assert _index(last) - _index(_month(terms["from"])) == 1, "these rates are of one month"
        rows = run.rows("rpt_arr_rates_monthly", date_month=last, **_segment(terms))
        return rows[0][column] if rows else None

    return read


def quick_ratio(run: LedgerRun, terms: dict) -> Any:
    if not terms.get("without_reactivation"):
        return _rates("quick_ratio")(run, terms)
    parts = {name: bridge(run, {**terms, "component": name}) for name in COMPONENTS}
    return float(parts["new"] + parts["expansion"]) / -float(parts["contraction"] + parts["churn"])


def cohort(run: LedgerRun, terms: dict) -> Any:
    column = {
        "net": "net_retention",
        "gross": "gross_retention",
        "logo": "logo_retention",
        "size": "cohort_customers",
    }[terms["field"]]
    rows = run.rows(
        "rpt_cohort_retention_monthly",
        cohort_month=_month(terms["cohort"]),
        age_months=terms["age"],
        **_segment(terms),
    )
    return rows[0][column] if rows else None


def bridge_ndr(run: LedgerRun, terms: dict) -> Any:
    """What a bridge of all customers over twelve months would call net retention; it is not."""
    rows = _reconciled(run, terms)
    return rows[0]["bridge_rate"] if rows else None


def bridge_ndr_cause(run: LedgerRun, terms: dict) -> Decimal:
    """Money by which a cause takes the bridge to the ARR that net retention counts."""
    amounts = {row["cause"]: row["cause_arr"] for row in _reconciled(run, terms)}
    return amounts[terms["cause"]]


def _reconciled(run: LedgerRun, terms: dict) -> list[dict]:
    first, last = _month(terms["from"]), _month(terms["to"])
    assert _index(last) - _index(first) == 12, "this reconciliation is over twelve months"
    return run.rows("rpt_bridge_to_ndr_reconciliation", date_month=last, **_segment(terms))


def driver(run: LedgerRun, terms: dict) -> Decimal:
    """Sum of a driver (or of any) over (from, to], for a customer or product if one is named."""
    first, last = _month(terms["from"]), _month(terms["to"])
    wanted = {
        "driver": terms["driver"],
        "customer_id": terms.get("customer"),
        "product_id": terms.get("product"),
    }
    wanted = {key: value for key, value in wanted.items() if value not in (None, "any")}
    rows = run.rows("fct_arr_movement_drivers", **wanted)
    return sum((row["arr_change"] for row in rows if first < row["date_month"] <= last), Decimal(0))


def expansion_rate(run: LedgerRun, terms: dict) -> Any:
    """Upsell or cross-sell of a window: of the base over opening ARR, of all over closing ARR."""
    first, last = _month(terms["from"]), _month(terms["to"])
    ending = {"opening_arr": "rate", "closing_arr": "share_of_closing"}[terms["over"]]
    rows = run.rows(
        "rpt_expansion_rates_monthly",
        date_month=last,
        window_months=_index(last) - _index(first),
        **_segment(terms),
    )
    return rows[0][f"{terms['kind']}_{ending}"] if rows else None


def last_published(run: LedgerRun) -> date:
    months = run.relation("int_calendar_months")
    return run.query(f"select max(date_month) as last from {months} where is_published")[0]["last"]


def last_published_month(run: LedgerRun, terms: dict) -> str:
    """Last day of the newest month of the bridge."""
    newest = max(_bridge(run, terms))
    following = (newest.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).isoformat()


def renewal(run: LedgerRun, terms: dict) -> Any:
    """Share of what came up in a quarter and is decided: gross, at most all of a term, or net."""
    column = {"gross": "gross_renewed_arr", "net": "renewed_arr"}[terms["field"]]
    year, quarter = int(terms["period"][:4]), int(terms["period"][-1])
    decided = [
        row
        for row in run.rows("fct_renewals")
        if row["outcome"] != "open"
        and (row["term_end_date"].year, (row["term_end_date"].month + 2) // 3) == (year, quarter)
    ]
    up = sum(row["up_for_renewal_arr"] for row in decided)
    return sum(row[column] for row in decided) / up if up else None


def projection(run: LedgerRun, terms: dict) -> Any:
    """What the year ahead of the last published month will bring, and what must be sold in it."""
    mart, column = PROJECTED[terms["field"]]
    (row,) = run.rows(mart, horizon_months=12, segment_type="all")
    return row[column]


def failing_test(run: LedgerRun, terms: dict) -> bool:
    return terms["name"] in run.failing_tests()


PROJECTED = {
    "grr_expected": ("rpt_projected_retention_monthly", "expected_grr"),
    "grr_best": ("rpt_projected_retention_monthly", "best_grr"),
    "grr_worst": ("rpt_projected_retention_monthly", "worst_grr"),
    "upsell_needed_expected": ("rpt_expansion_needed", "expansion_needed_arr"),
    "upsell_gap_after_signed": ("rpt_expansion_needed", "expansion_gap_arr"),
    "pipeline_needed_at_25pct": ("rpt_expansion_needed", "pipeline_needed_arr"),
}

FIGURES: dict[str, Callable[[LedgerRun, dict], Any]] = {
    "arr": arr,
    "mrr": mrr,
    "bridge": bridge,
    "ndr": _retention("ndr"),
    "ndr_strict": _retention("ndr_strict"),
    "grr": grr,
    "grr_strict": _retention("grr_strict"),
    "grr_running_min": _retention("grr_running_min"),
    "logo_retention": _retention("logo_retention"),
    "base_customers": _retention("base_customers"),
    "is_low_base": _retention("is_low_base"),
    "quick_ratio": quick_ratio,
    "gross_churn_rate": _rates("gross_churn_rate"),
    "net_churn_rate": _rates("net_churn_rate"),
    "cohort": cohort,
    "bridge_ndr": bridge_ndr,
    "bridge_ndr_cause": bridge_ndr_cause,
    "driver": driver,
    "expansion_rate": expansion_rate,
    "last_published_month": last_published_month,
    "renewal": renewal,
    "projection": projection,
    "failing_test": failing_test,
}


# ---- known mistakes, made on purpose on our own rows ----


def contraction_left_out(run: LedgerRun, terms: dict) -> float:
    """Gross retention that takes off churn alone."""
    base, now = _customers(run, terms)
    return _over(sum(value for key, value in base.items() if now.get(key, Decimal(0)) > 0), base)


def survivors_only(run: LedgerRun, terms: dict) -> float:
    """Net retention over the customers that are still there."""
    base, now = _customers(run, terms)
    kept = {key: value for key, value in base.items() if now.get(key, Decimal(0)) > 0}
    return _over(sum(now[key] for key in kept), kept)


def capped_in_total(run: LedgerRun, terms: dict) -> float:
    """Gross retention capped once, on the sums."""
    base, now = _customers(run, terms)
    return _over(min(sum(now.get(key, Decimal(0)) for key in base), sum(base.values())), base)


def base_at_its_own_rate(run: LedgerRun, terms: dict) -> Any:
    """NDR with the base at the rate of the base month: a rate passes for growth or loss."""
    base, now = _held_at(run, "int_arr_spans", terms, ["customer_id"])
    return _over(sum(now.get(key, Decimal(0)) for key in base), base)


def overlap_summed(run: LedgerRun, terms: dict) -> Decimal:
    """Closing ARR with a superseded line still counted."""
    rows = run.query(
        "select term_amount,"
        " periods_per_year_numerator as times, periods_per_year_denominator as per"
        f" from {run.relation('int_subscription_lines')}"
        " where start_date <= ? and (end_date is null or end_date > ?)",
        [terms["at"], terms["at"]],
    )
    return sum((row["term_amount"] * row["times"] / row["per"] for row in rows), Decimal(0))


def _customers(run: LedgerRun, terms: dict) -> tuple[dict, dict]:
    return _held_at(run, "int_arr_spans", terms, ["customer_id"])


MISTAKES: dict[str, Callable[[LedgerRun, dict], Any]] = {
    "contraction_left_out": contraction_left_out,
    "survivors_only": survivors_only,
    "capped_in_total": capped_in_total,
    "base_at_its_own_rate": base_at_its_own_rate,
    "overlap_summed": overlap_summed,
}
