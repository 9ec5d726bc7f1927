"""Loads a folder of extracts into the raw_<system> schemas of a DuckDB file, as declared."""

from arr_ledger.landing.land import Landing, land, land_files
from arr_ledger.landing.problems import LandingRefusedError
from arr_ledger.landing.quarantine import Limits

__all__ = ["Landing", "LandingRefusedError", "Limits", "land", "land_files"]
