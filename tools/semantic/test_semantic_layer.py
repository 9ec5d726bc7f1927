"""The semantic layer is valid, and its answers are sums straight from the marts.

One process: to set the engine up costs more than all of its queries. What is expected is written
in SQL over the columns of the marts themselves, never through `dim_segment_sets`.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest
from semantic_layer import SemanticLayer

GRAINS = ("month", "quarter", "year")
BALANCES, MOVEMENTS, RETENTION = (
    f"marts.fct_{name}_by_segments_monthly" for name in ("arr", "arr_movements", "retention")
)
OWNERS = {"csm_owner_id": "csm_owner", "am_owner_id": "am_owner", "coverage": "coverage"}
SUMS_OF_BALANCES = {name: f"sum({name})" for name in ("arr", "customers")}
RATIOS_OF_BALANCES = {
    "mrr": "sum(arr) / 12",
    "arr_per_customer": "sum(arr) / nullif(sum(customers), 0)",
}
SUMS_OF_RETENTION = {
    name: f"sum({name})"
    for name in (
        *("base_arr", "net_retained_arr", "gross_retained_arr"),
        *("base_customers", "retained_customers"),
    )
}
RATIOS_OF_RETENTION = {
    "ndr": "sum(net_retained_arr) / sum(base_arr)",
    "grr": "sum(gross_retained_arr) / sum(base_arr)",
    "logo_retention": "sum(retained_customers) / sum(base_customers)",
}
TYPES = (
    *("opening_balance", "new", "reactivation", "expansion"),
    *("contraction", "churn", "fx", "transfer"),
)
GAINED = "sum(arr_change) filter (movement_type in ('new', 'expansion', 'reactivation'))"
LOST = "sum(-arr_change) filter (movement_type in ('contraction', 'churn'))"
SUMS_OF_MOVEMENTS = {
    **{f"{name}_arr": f"sum(arr_change) filter (movement_type = '{name}')" for name in TYPES},
    "new_customers": "sum(customers) filter (movement_type = 'new')",
    "reactivated_customers": "sum(customers) filter (movement_type = 'reactivation')",
    "churned_customers": "sum(customers) filter (movement_type = 'churn')",
    "arr_change": "sum(arr_change)",
    "gained_arr": GAINED,
    "lost_arr": LOST,
}
RATIOS_OF_MOVEMENTS = {"quick_ratio": f"coalesce({GAINED}, 0) / nullif({LOST}, 0)"}
RATES_OF_RENEWALS = ("gross_renewal_rate", "net_renewal_rate", "logo_renewal_rate")
COUNTED: Counter[str] = Counter()


@pytest.fixture(scope="module")
def layer() -> SemanticLayer:
    return SemanticLayer()


@pytest.fixture(scope="module")
def segments(layer: SemanticLayer) -> list[str]:
    """The segment columns of this company: those of dim_segment_sets that no model names."""
    described = layer.connection.execute("describe marts.dim_segment_sets").fetchall()
    found = [name for name, *_ in described if name not in {"segment_set_key", *OWNERS}]
    assert found
    return found


@pytest.fixture(scope="module")
def groupings(segments: list[str]) -> list[tuple[str, ...]]:
    """None, each column, each pair of segment columns, all, and a segment with an owner."""
    singles = [(name,) for name in (*segments, *OWNERS)]
    pairs = list(combinations(segments, 2))
    return [(), *singles, *pairs, tuple(segments), (segments[0], "csm_owner_id")]


def group_by(columns: tuple[str, ...], grain: str | None) -> list[str]:
    names = [f"segment_set__{OWNERS.get(name, name)}" for name in columns]
    return [f"metric_time__{grain}", *names] if grain else names


def as_amount(value: Any) -> int:
    """Whole cents, or hundredths of a customer; nothing is 0."""
    return round(Decimal(value or 0) * 100)


def as_rate(value: Any) -> float | None:
    return None if value is None else float(value)


def assert_equal(
    got: list[dict], expected: list[dict], keys: list[str], sums: list[str], rates: list[str]
) -> None:
    """Every key of either side: amounts in whole cents, rates within 1e-9, nothing is 0 or null."""

    def by_key(rows: list[dict]) -> dict[tuple, dict]:
        keyed = {
            tuple(f"{row[key]:%Y-%m-%d}" if "time" in key else row[key] for key in keys): row
            for row in rows
        }
        assert len(keyed) == len(rows), "a key is there twice"
        return keyed

    ours, theirs = by_key(got), by_key(expected)
    assert theirs, "nothing to compare"
    for key in ours.keys() | theirs.keys():
        one, other = ours.get(key, {}), theirs.get(key, {})
        for name in sums:
            assert as_amount(one.get(name)) == as_amount(other.get(name)), (key, name)
        for name in rates:
            expected_rate = as_rate(other.get(name))
            if expected_rate is None:
                assert one.get(name) is None, (key, name)
            else:
                assert one.get(name) == pytest.approx(expected_rate, rel=0, abs=1e-9), (key, name)
    COUNTED["queries"] += 1
    COUNTED["rows"] += len(theirs)
    COUNTED["figures"] += len(theirs) * (len(sums) + len(rates))


def compare(
    layer: SemanticLayer,
    source: str,
    sums: dict[str, str],
    rates: dict[str, str],
    columns: tuple[str, ...],
    grain: str | None,
    last_month_of: str | None = None,
) -> None:
    """What the layer says of these metrics, and what the marts sum up to."""
    by = group_by(columns, grain)
    got = layer.rows(metric_names=[*sums, *rates], group_by_names=by)
    period = f"date_trunc('{grain}', date_month)" if grain else "true"
    where = (
        f"where date_month in (select max(date_month) from {last_month_of} group by {period})"
        if last_month_of
        else ""
    )
    named = [f"{period} as metric_time__{grain}"] if grain else []
    named += [
        f"{column} as {name}" for column, name in zip(columns, by[bool(grain) :], strict=True)
    ]
    values = [f"{sql} as {name}" for name, sql in {**sums, **rates}.items()]
    cursor = layer.connection.execute(
        f"select {', '.join([*named, *values])} from {source} {where} group by all"
    )
    names = [column[0] for column in cursor.description]
    expected = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert_equal(got, expected, by, list(sums), list(rates))


def test_the_manifest_is_valid(layer: SemanticLayer) -> None:
    assert len(layer.manifest.metrics) > 40
    assert len(layer.manifest.saved_queries) > 10
    assert layer.problems() == []


@pytest.mark.parametrize("grain", [None, *GRAINS])
def test_balances_are_those_of_the_last_month(
    layer: SemanticLayer, groupings: list[tuple[str, ...]], grain: str | None
) -> None:
    for columns in groupings:
        compare(
            layer,
            BALANCES,
            SUMS_OF_BALANCES,
            RATIOS_OF_BALANCES,
            columns,
            grain,
            last_month_of=BALANCES,
        )


@pytest.mark.parametrize("grain", [None, *GRAINS])
def test_retention_is_that_of_the_last_month(
    layer: SemanticLayer, groupings: list[tuple[str, ...]], grain: str | None
) -> None:
    source = f"(from {RETENTION} where window_months = 12)"
    for columns in groupings:
        compare(
            layer,
            source,
            SUMS_OF_RETENTION,
            RATIOS_OF_RETENTION,
            columns,
            grain,
            last_month_of=RETENTION,
        )


@pytest.mark.parametrize("grain", [None, *GRAINS])
def test_movements_are_sums_of_months(
    layer: SemanticLayer, groupings: list[tuple[str, ...]], grain: str | None
) -> None:
    for columns in groupings:
        compare(layer, MOVEMENTS, SUMS_OF_MOVEMENTS, RATIOS_OF_MOVEMENTS, columns, grain)


@pytest.mark.parametrize("grain", GRAINS)
def test_what_a_period_begins_with_is_what_the_one_before_ended_with(
    layer: SemanticLayer, groupings: list[tuple[str, ...]], grain: str
) -> None:
    for columns in groupings:
        rows = layer.rows(
            metric_names=["beginning_arr", "arr"], group_by_names=group_by(columns, grain)
        )
        ended = {tuple(row.values())[:-2]: row["arr"] for row in rows}
        periods = sorted({key[0] for key in ended})
        after = dict(pairwise(periods))
        began = {tuple(row.values())[:-2]: row["beginning_arr"] for row in rows}
        carried = {(after[key[0]], *key[1:]): arr for key, arr in ended.items() if key[0] in after}
        for key in carried.keys() | began.keys():
            assert as_amount(began.get(key)) == as_amount(carried.get(key)), key
        COUNTED["queries"] += 1
        COUNTED["rows"] += len(rows)
        COUNTED["figures"] += len(rows)


@pytest.mark.parametrize("column", ["all", "each"])
def test_months_are_those_of_the_reports(
    layer: SemanticLayer, segments: list[str], column: str
) -> None:
    """The reports for people, which go another way than the additive tables."""
    for name in segments if column == "each" else ["all"]:
        columns = () if name == "all" else (name,)
        by = group_by(columns, "month")
        named = {"metric_time__month": "date_month", **dict.fromkeys(by[1:], "segment_value")}
        bridge = [f"{each}_arr" for each in TYPES]
        for report, sums, rates in (
            ("rpt_arr_bridge_monthly", [*bridge, "beginning_arr"], []),
            (
                "rpt_ndr_grr_monthly where window_months = 12",
                list(SUMS_OF_RETENTION),
                list(RATIOS_OF_RETENTION),
            ),
            ("rpt_arr_rates_monthly", [], ["quick_ratio"]),
            ("rpt_renewal_rates_monthly", ["decided_arr", "open_arr"], list(RATES_OF_RENEWALS)),
        ):
            expected = layer.connection.execute(
                f"select {', '.join(f'{sql} as {key}' for key, sql in named.items())},"
                f" {', '.join([*sums, *rates])}"
                f" from (from marts.{report}) where segment_type = '{name}'"
            )
            names = [each[0] for each in expected.description]
            rows = [dict(zip(names, row, strict=True)) for row in expected.fetchall()]
            got = layer.rows(metric_names=[*sums, *rates], group_by_names=by)
            assert_equal(got, rows, by, sums, rates)


@pytest.mark.parametrize("grain", GRAINS)
def test_upsell_and_cross_sell_are_those_of_the_sources_by_any_segment(
    layer: SemanticLayer, segments: list[str], grain: str
) -> None:
    for name in ("all", *segments, *OWNERS):
        columns = () if name == "all" else (name,)
        by = group_by(columns, grain)
        cursor = layer.connection.execute(
            f"select date_trunc('{grain}', date_month){', segment_value' if columns else ''},"
            " sum(expansion_arr), sum(upsell_arr), sum(cross_sell_arr)"
            " from marts.rpt_expansion_by_source_monthly"
            f" where segment_type = '{name}' group by all"
        )
        metrics = ["expansion_arr", "upsell_arr", "cross_sell_arr"]
        expected = [dict(zip([*by, *metrics], row, strict=True)) for row in cursor.fetchall()]
        got = layer.rows(metric_names=metrics, group_by_names=by)
        assert_equal(got, expected, by, metrics, [])


@pytest.mark.parametrize("grain", GRAINS)
def test_upsell_and_cross_sell_are_those_of_the_drivers_by_product_and_customer(
    layer: SemanticLayer, grain: str
) -> None:
    metrics = ["upsell_arr", "cross_sell_arr", "driver_arr"]
    kind = "filter (movement_type = 'expansion' and driver"
    values = (
        f"sum(arr_change) {kind} <> 'cross_sell'), sum(arr_change) {kind} = 'cross_sell'),"
        " sum(arr_change)"
    )
    for entity, column in (
        ("product__product_family", "product_family"),
        ("product", "product_id"),
        ("customer", "customer_id"),
        ("movement_driver__driver", "driver"),
    ):
        by = [f"metric_time__{grain}", entity]
        cursor = layer.connection.execute(
            f"select date_trunc('{grain}', date_month), {column}, {values}"
            " from marts.fct_arr_movement_drivers left join marts.dim_products using (product_id)"
            " group by all"
        )
        expected = [dict(zip([*by, *metrics], row, strict=True)) for row in cursor.fetchall()]
        assert_equal(layer.rows(metric_names=metrics, group_by_names=by), expected, by, metrics, [])


@pytest.mark.parametrize("grain", GRAINS)
def test_renewal_rates_are_of_what_is_decided_in_the_period(
    layer: SemanticLayer, segments: list[str], grain: str
) -> None:
    sums = ["decided_arr", "open_arr", "gross_renewed_arr", "renewed_arr"]
    rates = ["gross_renewal_rate", "net_renewal_rate"]
    for name in ("all", "product_family", *segments, *OWNERS):
        columns = () if name == "all" else (name,)
        by = group_by(columns, grain)
        by = [each.replace("segment_set__product", "renewal__product") for each in by]
        cursor = layer.connection.execute(
            f"select date_trunc('{grain}', date_month){', segment_value' if columns else ''},"
            f" {', '.join(f'sum({each})' for each in sums)},"
            " sum(gross_renewed_arr) / nullif(sum(decided_arr), 0),"
            " sum(renewed_arr) / nullif(sum(decided_arr), 0)"
            f" from marts.rpt_renewal_rates_monthly where segment_type = '{name}' group by all"
        )
        expected = [dict(zip([*by, *sums, *rates], row, strict=True)) for row in cursor.fetchall()]
        got = layer.rows(metric_names=[*sums, *rates], group_by_names=by)
        assert_equal(got, expected, by, sums, rates)


@pytest.mark.parametrize("grain", GRAINS)
def test_customers_who_renew_in_a_period_count_once(layer: SemanticLayer, grain: str) -> None:
    compare(
        layer,
        "marts.fct_renewals",
        {
            "decided_customers": "count(distinct customer_id) filter (outcome <> 'open')",
            "renewed_customers": (
                "count(distinct customer_id) filter (outcome not in ('open', 'lost'))"
            ),
        },
        {},
        (),
        grain,
    )


@pytest.mark.parametrize("grain", GRAINS)
def test_attach_rates_are_those_of_the_last_month(
    layer: SemanticLayer, segments: list[str], grain: str
) -> None:
    report = "marts.rpt_product_penetration_monthly"
    for name in ("all", *segments):
        by = [f"metric_time__{grain}", "penetration__product_family"]
        by += [] if name == "all" else [f"penetration__{name}"]
        got = layer.rows(metric_names=["attach_rate"], group_by_names=by)
        cursor = layer.connection.execute(
            f"select date_trunc('{grain}', date_month), product_family,"
            f" {'' if name == 'all' else 'segment_value,'} attach_rate from {report}"
            f" where segment_type = '{name}' and date_month in"
            f" (select max(date_month) from {report} group by date_trunc('{grain}', date_month))"
        )
        expected = [dict(zip([*by, "attach_rate"], row, strict=True)) for row in cursor.fetchall()]
        # the rows of the other columns have no value of this one
        got = [row for row in got if row[by[-1]] is not None]
        assert_equal(got, expected, by, [], ["attach_rate"])


@pytest.mark.parametrize("grain", GRAINS)
def test_arr_of_a_customer_is_that_of_the_last_month(layer: SemanticLayer, grain: str) -> None:
    by = [f"metric_time__{grain}", "customer"]
    cursor = layer.connection.execute(
        f"select date_trunc('{grain}', date_month), customer_id, arr"
        " from marts.fct_customer_arr_monthly where date_month in (select max(date_month)"
        f" from marts.fct_customer_arr_monthly group by date_trunc('{grain}', date_month))"
    )
    expected = [dict(zip([*by, "customer_arr"], row, strict=True)) for row in cursor.fetchall()]
    got = layer.rows(metric_names=["customer_arr"], group_by_names=by)
    assert_equal(got, expected, by, ["customer_arr"], [])


def test_the_segment_of_today_is_not_offered(layer: SemanticLayer, segments: list[str]) -> None:
    """That of dim_customers would move history when a customer changes its segment."""
    (customers,) = (each for each in layer.manifest.semantic_models if each.name == "dim_customers")
    assert not {each.name for each in customers.dimensions} & {*segments, *OWNERS}


def test_every_saved_query_answers(layer: SemanticLayer) -> None:
    for query in layer.manifest.saved_queries:
        assert layer.rows(saved_query_name=query.name), query.name
        COUNTED["queries"] += 1


def test_a_filter_is_applied_before_the_last_month_is_taken(layer: SemanticLayer) -> None:
    """Why the how-to says: group by a column instead of filtering balances of a quarter by it."""
    left = layer.connection.execute(
        f"select segment_set_key, date_trunc('quarter', max(date_month)) from {BALANCES}"
        " where arr > 0 group by segment_set_key"
        " having max(date_month) < date_trunc('quarter', max(date_month)) + interval 2 month"
    ).fetchone()
    assert left, "no set of segments was left within a quarter"
    key, quarter = left
    by = ["metric_time__quarter", "segment_set"]
    grouped = {
        row["metric_time__quarter"]: row["arr"]
        for row in layer.rows(metric_names=["arr"], group_by_names=by)
        if row["segment_set"] == key
    }
    filtered = {
        row["metric_time__quarter"]: row["arr"]
        for row in layer.rows(
            metric_names=["arr"],
            group_by_names=by[:1],
            where_constraints=[f"{{{{ Entity('segment_set') }}}} = {key}"],
        )
    }
    assert not grouped.get(quarter)
    assert filtered[quarter] > 0


def test_enough_was_compared(capsys: pytest.CaptureFixture) -> None:
    with capsys.disabled():
        print(f"\nEqual to the marts: {dict(COUNTED)}")
    assert COUNTED["queries"] >= 200
    assert COUNTED["rows"] >= 20_000
