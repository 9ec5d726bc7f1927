"""The Python side of arr_ledger: sample company, landing and command line."""
