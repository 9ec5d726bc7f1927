"""Where the dbt project is: in a clone the folder above, in an installation beside the package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# the folder of the wheel that holds models, macros, seeds and tests: packaging/README.md
INSTALLED = PACKAGE.with_name("arr_ledger_dbt")
IS_INSTALLED = not (PACKAGE.parent / "dbt_project.yml").is_file()
PROJECT_FOLDER = INSTALLED if IS_INSTALLED else PACKAGE.parent
