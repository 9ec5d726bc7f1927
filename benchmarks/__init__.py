"""What the ledger costs, beside the usual customer-by-month spine and one pass over the input.

    uv run --frozen python -m benchmarks --customers 10000,100000,1000000 --months 60,120

book/    SQL that generates a book of subscription lines as Parquet
spine/   SQL that answers the same questions from one row per customer and month
floor/   SQL that copies the input and groups it once
"""
