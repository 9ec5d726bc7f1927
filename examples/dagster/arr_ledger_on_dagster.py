"""arr_ledger under Dagster: its models as assets, and one refresh on a schedule that fills them.

The refresh builds, tests and publishes all models together or none, so Dagster runs it as one step
and then marks every model as materialised.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

PROJECT = Path(os.environ.get("ARR_LEDGER_PROJECT", Path(__file__).parents[2]))
BUSY = 75
# for an hour another refresh is waited for
RETRIES, SECONDS_BETWEEN = 12, 300


class ArrLedger(dg.ConfigurableResource):
    """The command arr-ledger, in the environment of the project itself."""

    extracts: str
    out: str
    command: str = str(PROJECT / ".venv" / "bin" / "arr-ledger")

    def refresh(self) -> dict[str, Any]:
        """The release that was published.

        RetryRequested: another refresh is running. Failure: refused, what is served is unchanged.
        """
        done = subprocess.run(
            [self.command, "refresh", "--extracts", self.extracts, "--out", self.out, "--json"],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode == BUSY:
            raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=SECONDS_BETWEEN)
        if not done.stdout:
            raise dg.Failure(
                f"arr-ledger ended with {done.returncode} and its error is in the log of the step",
                allow_retries=False,
            )
        outcome = json.loads(done.stdout)
        if outcome["status"] != "published":
            raise dg.Failure(
                outcome["reason"].splitlines()[0],
                metadata={
                    "reason": outcome["reason"],
                    "steps": dg.JsonMetadataValue(outcome["steps"]),
                },
                # the same extracts would be refused again
                allow_retries=False,
            )
        return outcome["release"]


@dbt_assets(
    manifest=PROJECT / "target" / "manifest.json",
    name="refresh",
    # a published release has passed every test; they need no events of their own
    dagster_dbt_translator=DagsterDbtTranslator(
        DagsterDbtTranslatorSettings(enable_asset_checks=False)
    ),
)
def ledger(
    context: dg.AssetExecutionContext, arr_ledger: ArrLedger
) -> Iterator[dg.MaterializeResult]:
    release = arr_ledger.refresh()
    shown = ("release_id", "as_of_date", "tests_run", "rows", "extracts_sha256")
    parents_first = TopologicalSorter(context.assets_def.asset_deps).static_order()
    for key in (each for each in parents_first if each in context.selected_asset_keys):
        yield dg.MaterializeResult(asset_key=key, metadata={name: release[name] for name in shown})


every_morning = dg.ScheduleDefinition(
    name="every_morning",
    target=dg.AssetSelection.assets(ledger),
    cron_schedule="15 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

defs = dg.Definitions(
    assets=[ledger],
    schedules=[every_morning],
    resources={
        "arr_ledger": ArrLedger(
            extracts=dg.EnvVar("ARR_LEDGER_EXTRACTS"), out=dg.EnvVar("ARR_LEDGER_OUT")
        )
    },
)
