"""An independent reading of what the numbers mean: no SQL, whole cents, month by month.

    from oracle import POLICIES, Policy, compare, fixed_books, ledger_of

    answers = ledger_of(book, Policy(as_of=date(2025, 3, 31)))    # plain dicts, table by table
    compare(run, answers, policy).differences                    # run: a LedgerRun over the book

See README.md beside this file.
"""

from oracle.books import book_of, books
from oracle.compare import Comparison, Difference, compare
from oracle.fixed import FixedBooks, fixed_books
from oracle.ledger import ledger_of
from oracle.policies import POLICIES
from oracle.policy import Policy

__all__ = [
    "POLICIES",
    "Comparison",
    "Difference",
    "FixedBooks",
    "Policy",
    "book_of",
    "books",
    "compare",
    "fixed_books",
    "ledger_of",
]
