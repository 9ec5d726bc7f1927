"""Statements 16, 22-31, 33, 35 and 36: the ledger is run twice, over a book and over a changed one.

`books` makes them, `changes` changes them, `outcomes` compares what two runs gave.
"""
