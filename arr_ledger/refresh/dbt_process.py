"""dbt, for which another day of the run is no reason to parse the whole project again.

dbt throws its parse away when a variable changes, as a variable may switch models on and off. The
day of a run switches none: it is read when a model is compiled, never when the project is parsed.
"""

from __future__ import annotations

import sys

from dbt.cli.main import cli
from dbt.parser.manifest import ManifestLoader

from arr_ledger.light_dbt import lighten
from arr_ledger.refresh.code import OF_A_RUN

_state_check = ManifestLoader.build_manifest_state_check


def _without_the_day(loader: ManifestLoader):
    config = loader.root_project
    given = config.cli_vars
    config.cli_vars = {name: value for name, value in given.items() if name != OF_A_RUN}
    try:
        return _state_check(loader)
    finally:
        config.cli_vars = given


ManifestLoader.build_manifest_state_check = _without_the_day

if __name__ == "__main__":
    sys.argv[0] = "dbt"
    lighten()
    cli()
