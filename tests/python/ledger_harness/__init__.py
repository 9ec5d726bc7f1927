"""Runs the whole ledger over a book of subscription lines, in memory, many times a second.

    from ledger_harness import Ledger

    ledger = Ledger({"renewal_grace_days": 0})
    run = ledger.run({"subscription_lines": [
        {"line_id": "1", "customer_id": "A", "product_id": "P", "start_date": "2024-01-01",
         "end_date": None, "term_amount": 1200, "term_months": 12, "currency": "USD"},
    ]})
    run.rows("fct_arr_movements")            # list of dicts, dates as date, money as Decimal
    run.query("select sum(arr) as arr from marts.fct_customer_arr_spans where until_month is null")
    Ledger(with_tests=True).run(book).failing_tests()   # names of data tests

See README.md beside this file.
"""

from ledger_harness.compiled_project import (
    PROJECT_FOLDER,
    CompiledProject,
    CompileError,
    compile_project,
)
from ledger_harness.ledger import (
    BookError,
    Ledger,
    LedgerRun,
    ModelError,
    read_book,
)
from ledger_harness.many_books import merge_books

__all__ = [
    "PROJECT_FOLDER",
    "BookError",
    "CompileError",
    "CompiledProject",
    "Ledger",
    "LedgerRun",
    "ModelError",
    "compile_project",
    "merge_books",
    "read_book",
]
