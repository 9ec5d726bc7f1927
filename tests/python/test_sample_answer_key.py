"""The marts of the sample company equal the key that its generator wrote from its own book."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

ANSWER_KEY = Path(__file__).parent / "answer_key"
TEXT_COLUMNS = {
    "customer_id",
    "parent_customer_id",
    "movement_type",
    "segment_type",
    "segment_value",
    "segment",
    "industry",
    "region",
    "source_system",
    "subscription_id",
    "product_family",
    "outcome",
    "sourcing_team",
    "opportunity_state",
}
DATE_COLUMNS = {
    "date_month",
    "close_month",
    "cohort_month",
    "first_month",
    "term_end_date",
    "renewal_date",
}


@dataclass(frozen=True)
class Comparison:
    """One file of the key against one query on the marts, joined on ``keys``."""

    file: str
    keys: tuple[str, ...]
    query: str


COMPARISONS = [
    Comparison(
        "customer_arr_monthly",
        ("customer_id", "date_month"),
        "select customer_id, date_month, arr from marts.fct_customer_arr_monthly where arr <> 0",
    ),
    Comparison(
        "movements",
        ("customer_id", "date_month", "movement_type"),
        """
        select customer_id, date_month, movement_type, arr_change
        from marts.fct_arr_movements
        """,
    ),
    Comparison(
        "bridge_monthly",
        ("date_month", "segment_type", "segment_value"),
        """
        select date_month, segment_type, segment_value, beginning_arr, new_arr, reactivation_arr,
            expansion_arr, contraction_arr, churn_arr, transfer_arr, ending_arr
        from marts.rpt_arr_bridge_monthly
        where beginning_arr <> 0 or net_new_arr <> 0 or ending_arr <> 0
        """,
    ),
    Comparison(
        "ndr_grr_monthly",
        ("date_month", "window_months", "segment_type", "segment_value"),
        """
        select date_month, window_months, segment_type, segment_value, base_arr, net_retained_arr,
            gross_retained_arr, base_customers, retained_customers as kept_customers,
            cast(ndr_strict * base_arr as decimal(18, 2)) as net_retained_arr_strict,
            cast(grr_strict * base_arr as decimal(18, 2)) as gross_retained_arr_strict,
            cast(grr_running_min * base_arr as decimal(18, 2)) as gross_retained_arr_running_min
        from marts.rpt_ndr_grr_monthly
        where base_customers > 0
        """,
    ),
    Comparison(
        "cohorts_monthly",
        ("cohort_month", "age_months"),
        """
        select cohort_month, age_months, cohort_arr, cohort_customers, net_retained_arr,
            gross_retained_arr, retained_customers as kept_customers
        from marts.rpt_cohort_retention_monthly
        where segment_type = 'all'
        """,
    ),
    Comparison(
        "renewals",
        ("source_system", "subscription_id", "customer_id", "product_family", "term_end_date"),
        """
        select source_system, subscription_id, customer_id, product_family, term_end_date, outcome,
            renewal_date, up_for_renewal_arr, renewed_arr
        from marts.fct_renewals
        """,
    ),
    Comparison(
        "expansion_sources",
        ("customer_id", "date_month", "sourcing_team"),
        """
        select customer_id, date_month, sourcing_team, sum(expansion_arr) as expansion_arr
        from marts.fct_expansion_sources
        group by customer_id, date_month, sourcing_team
        """,
    ),
    Comparison(
        "expansion_opportunities",
        ("close_month", "segment", "sourcing_team", "opportunity_state"),
        """
        select date_trunc('month', expansions.close_date) as close_month,
            customers.segment, opportunities.sourcing_team, expansions.opportunity_state,
            count(*) as opportunities, sum(expansions.opportunity_arr) as opportunity_arr
        from intermediate.int_expansion_opportunities as expansions
        inner join intermediate.int_opportunities as opportunities
            using (opportunity_key)
        inner join marts.dim_customers as customers
            on opportunities.customer_id = customers.customer_id
        group by all
        """,
    ),
    Comparison(
        "new_business_opportunities",
        ("close_month", "sourcing_team", "opportunity_state"),
        """
        select date_trunc('month', close_date) as close_month, sourcing_team,
            case when is_won then 'won' when is_closed then 'lost' else 'open' end
                as opportunity_state,
            count(*) as opportunities, sum(opportunity_arr) as opportunity_arr
        from intermediate.int_opportunities
        where opportunity_type = 'New Business' and unusable_reason is null
        group by all
        """,
    ),
    Comparison(
        "expansion_pipeline",
        ("date_month", "segment_type", "segment_value"),
        """
        select date_month, segment_type, segment_value, pipeline_opportunities, pipeline_arr
        from marts.rpt_expansion_needed
        where pipeline_opportunities > 0
        """,
    ),
    Comparison(
        "customers",
        ("customer_id",),
        """
        select customer_id, parent_customer_id, first_arr_month as first_month, segment, industry,
            region
        from marts.dim_customers
        where first_arr_month is not null
        """,
    ),
]


@pytest.fixture(scope="module")
def marts(sample_database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_database), read_only=True) as connection:
        yield connection


def key_columns(file: str) -> list[str]:
    return (ANSWER_KEY / f"{file}.csv").open(encoding="utf-8").readline().strip().split(",")


def typed(column: str) -> str:
    """The SQL type in which a column of the key is compared."""
    if column in TEXT_COLUMNS:
        return "varchar"
    return "date" if column in DATE_COLUMNS else "decimal(18, 2)"


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.file)
def test_the_marts_equal_the_answer_key(
    marts: duckdb.DuckDBPyConnection, comparison: Comparison
) -> None:
    columns = key_columns(comparison.file)
    casts = ", ".join(f"cast({column} as {typed(column)}) as {column}" for column in columns)
    on = " and ".join(f"expected.{key} = actual.{key}" for key in comparison.keys)
    differs = " or ".join(
        f"expected.{column} is distinct from actual.{column}" for column in columns
    )
    rows = marts.execute(
        f"""
        with expected as (
            select {casts} from read_csv('{ANSWER_KEY / comparison.file}.csv', all_varchar = true)
        ),
        actual as (select {casts} from ({comparison.query}))
        select expected, actual
        from expected
        full join actual on {on}
        where {differs}
        order by 1, 2
        limit 10
        """
    ).fetchall()
    assert rows == []
    count = marts.execute(f"select count(*) from ({comparison.query})").fetchone()
    assert count is not None
    assert count[0] > 100


def test_every_situation_of_the_sample_names_a_customer_of_the_ledger(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = marts.execute(
        f"""
        select situation, count(*), count(dim_customers.customer_id)
        from read_csv('{ANSWER_KEY / "situations.csv"}', all_varchar = true) as situations
        left join marts.dim_customers on situations.customer_id = dim_customers.customer_id
        group by situation
        """
    ).fetchall()
    assert len(rows) >= 100
    assert [situation for situation, named, known in rows if known == 0] == []


@pytest.mark.parametrize("situation", ["invoices_stopped", "item_row_stayed", "ids_alike"])
def test_what_a_person_has_to_look_at_is_a_finding(
    marts: duckdb.DuckDBPyConnection, situation: str
) -> None:
    rows = marts.execute(
        f"""
        select situations.customer_id
        from read_csv('{ANSWER_KEY / "situations.csv"}', all_varchar = true) as situations
        left join marts.rpt_ledger_findings
            on situations.customer_id in (
                rpt_ledger_findings.customer_id,
                rpt_ledger_findings.subject_id,
                rpt_ledger_findings.related_subject_id
            )
        where situations.situation = ? and rpt_ledger_findings.finding_type is null
        """,
        [situation],
    ).fetchall()
    assert rows == [], "no finding names them"


@pytest.mark.parametrize(
    ("situation", "outcome"),
    [
        ("late_renewal_in_grace", "late"),
        ("late_renewal_beyond_grace", "lost"),
        ("early_renewal", "early"),
        ("in_grace_today", "open"),
        ("grace_ran_out_today", "lost"),
        ("ended_after_notice", "lost"),
        ("co_term", "on_time"),
        ("future_start", "open"),
    ],
)
def test_the_renewals_of_a_situation_came_out_as_it_was_made(
    marts: duckdb.DuckDBPyConnection, situation: str, outcome: str
) -> None:
    """Customers who pay by the month have no terms, and so no renewals."""
    rows = marts.execute(
        f"""
        select situations.customer_id, count(*) filter (where fct_renewals.outcome = ?)
        from read_csv('{ANSWER_KEY / "situations.csv"}', all_varchar = true) as situations
        inner join marts.fct_renewals on situations.customer_id = fct_renewals.customer_id
        where situation = ?
        group by situations.customer_id
        """,
        [outcome, situation],
    ).fetchall()
    assert len(rows) >= 2
    assert [customer for customer, renewals in rows if renewals == 0] == []
