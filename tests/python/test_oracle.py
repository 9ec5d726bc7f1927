"""The models against an independent reading of what the numbers mean, over random books.

Half of the books are the same every time, so that a failure shows in every run; the other half
come from a seed of the day, which is printed and can be given back: ORACLE_SEED=20250331.
"""

import os
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from ledger_harness import Ledger
from oracle import POLICIES, books, fixed_books
from oracle.books import Book
from oracle.compare import READ
from oracle.proof import Proof, run_proof
from oracle.prove import differences_of, ledger_under
from oracle.shrink import kept_cases
from oracle.situations import SITUATIONS

FIXED_SEED = 1
BOOKS = 2_100


@pytest.fixture(scope="module")
def proof() -> Proof:
    seed = int(os.environ.get("ORACLE_SEED", f"{date.today():%Y%m%d}"))
    fixed, fresh = run_proof(BOOKS // 2, FIXED_SEED), run_proof(BOOKS // 2, seed)
    fresh.figures += fixed.figures
    fresh.started = fixed.started
    print(f"\n{fresh.report()}")
    return fresh


def test_models_and_oracle_agree_to_the_cent_on_every_book(proof: Proof, evidence: Any) -> None:
    kept = proof.keep_failures()
    evidence.note("random books against the oracle", proof.figures.books)
    evidence.note("values of random books compared, to the cent", proof.figures.cells)
    evidence.note("random books that differ", len(proof.figures.failures))
    assert proof.figures.books == BOOKS
    assert not proof.figures.failures, f"{proof.report()}\nkept as {[str(path) for path in kept]}"


def test_every_situation_is_reached(proof: Proof) -> None:
    assert not set(SITUATIONS) - set(proof.reached())


@pytest.mark.parametrize(
    ("policy", "book"),
    [pytest.param(policy, book, id=name) for name, policy, book in kept_cases()],
)
def test_every_difference_ever_found_stays_mended(policy: str, book: Book) -> None:
    rules = POLICIES[policy]
    found = differences_of(ledger_under(policy), book, rules)
    assert not found, "\n".join(map(str, found[:20]))


def test_what_hypothesis_varies_agrees_as_well() -> None:
    """Hypothesis repeats parts of a book on purpose: equal lines, equal days, equal amounts."""
    policy, ledger = POLICIES["as it ships"], ledger_under("as it ships")

    @settings(
        max_examples=25,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(books(policy))
    def agrees(book: Book) -> None:
        assert not [str(each) for each in differences_of(ledger, book, policy)[:10]]

    agrees()


def test_the_fixed_books_notice_a_changed_model() -> None:
    """What others use to try a mutant: a grace of 31 days is one."""
    fixed = fixed_books(count=40)
    run = ledger_under("as it ships").run(fixed.book)
    assert not fixed.differences(run)
    changed = {**fixed.policy.variables(), "renewal_grace_days": 31}
    mutant = Ledger(changed, only=READ).run(fixed.book)
    assert fixed.differences(mutant)
