"""What make spark does on its cluster, step by step; each can be asked for alone."""

import threading
import time
from collections import Counter

from benchmarks.books import book_of
from benchmarks.ledger import VARIABLES
from tools.spark import cluster as clusters
from tools.spark.cluster import Cluster
from tools.spark.prove import (
    NO_TESTS,
    BuildError,
    Case,
    Proof,
    change_sample,
    sample_folder,
    telling,
)

SAMPLE_DAY = {"as_of_date": "2026-06-30"}
BOOK_CUSTOMERS = 20_000
# dbt reads the project first
SECONDS_INTO_THE_BUILD = 60
# what the modes change: ledger, bridge, retention and cohorts; and the seeds that they read
CORE = ("tag:core", "path:seeds/reference")


class StepFailedError(Exception):
    """A step found something else than it should: what."""


def sample(proof: Proof) -> None:
    """Every model of the sample company, and every mart compared."""
    _built_sample(proof)
    proof.compared("sample")


def seeds(proof: Proof) -> None:
    """The extracts of the sample as seeds, as a build without variables has them."""
    case = Case("seeds", {})
    for target in ("dev", "spark"):
        with proof.timed(f"seeds: load on {target}"):
            proof.dbt(target, case, "seed")
    proof.compared("seeds", kind="seed")


def data_tests(proof: Proof) -> None:
    """Every data test on Spark, over the sample company."""
    _tested(proof, "data tests", "test")


def unit_tests(proof: Proof) -> None:
    """Every unit test on Spark, whose rows are in the tests; the tables give them types."""
    _tested(proof, "unit tests", "unit_test")


def _tested(proof: Proof, name: str, kind: str) -> None:
    case = _built_sample(proof)
    with proof.timed(f"sample: {name} on Spark"):
        only = ("--select", *proof.tests) if proof.tests else ()
        said = proof.dbt("spark", case, "test", "--resource-type", kind, *only)
    counts = said.strip().splitlines()[-1].partition("Done. ")[2]
    print(f"          {counts}", flush=True)
    proof.passed_tests += int(counts.partition("PASS=")[2].split()[0])


def changed(proof: Proof) -> None:
    """A later delivery over the same tables, on both engines."""
    _built_sample(proof)
    folder = sample_folder(proof.folder / "changed")
    change_sample(folder)
    proof.built(Case("changed raw data", proof.landed(folder, "changed raw data") | SAMPLE_DAY))
    proof.compared("changed raw data")


def modes(proof: Proof) -> None:
    """The core with the hierarchy as it was, and with month-end rates."""
    variables = _sample(proof)
    for name, value in (("hierarchy_mode", "as_was"), ("fx_mode", "month_end_rate")):
        case = Case(value, variables | {name: value}, CORE)
        proof.built(case)
        proof.compared(value)


def book(proof: Proof) -> None:
    """A generated book, large enough that rows count for more than plans."""
    made = book_of(BOOK_CUSTOMERS, 60, proof.folder)
    proof.landed_book(made)
    nothing_else = {"health_systems": [], "optional_extracts": []}
    proof.built(Case(made.name, VARIABLES | nothing_else))
    proof.compared(made.name)


def worker_killed(proof: Proof) -> None:
    """A worker and its executor die in mid-build; the build ends whole, and equal."""
    case = Case("worker killed", _sample(proof))
    proof.dbt("dev", case, "build", *NO_TESTS)
    with proof.timed("worker killed: build on Spark"):
        building = proof.start_dbt("spark", case, "build", *NO_TESTS)
        time.sleep(SECONDS_INTO_THE_BUILD)
        if building.poll() is not None:
            raise StepFailedError("The build ended before a worker could be killed.")
        clusters.kill(proof.cluster, "worker_1")
        said, _ = building.communicate()
    print(f"          {said.strip().splitlines()[-1]}")
    if building.returncode:
        raise StepFailedError(f"The build did not survive its worker:\n{telling(said)}")
    proof.compared("worker killed")
    clusters.start_worker(proof.cluster, 1)


def server_killed(proof: Proof) -> None:
    """The Thrift server dies in mid-build: one line says what to do; running again ends equal."""
    case = Case("server killed", _sample(proof))
    proof.dbt("dev", case, "build", *NO_TESTS)
    building = proof.start_dbt("spark", case, "build", *NO_TESTS)
    time.sleep(SECONDS_INTO_THE_BUILD)
    clusters.kill(proof.cluster, "thrift")
    with proof.timed("server killed: until the build has given up"):
        said, _ = building.communicate()
    print(f"          {said.strip().splitlines()[-1]}")
    if building.returncode != 1 or "Start it, then run the same command again" not in said:
        raise StepFailedError(
            f"The build ended with {building.returncode} and said:\n{telling(said)}"
        )
    clusters.start_thrift(proof.cluster)
    with proof.timed("server killed: the same command again"):
        proof.dbt("spark", case, "build", *NO_TESTS)
    proof.compared("server killed")


def half_landed(proof: Proof) -> None:
    """Raw tables of a landing that did not end are not built."""
    case = _built_sample(proof)
    cursor = proof.cluster.cursor()
    cursor.execute("insert overwrite landing.state values (false, current_timestamp())")
    try:
        proof.dbt("spark", case, "run", "--select", "int_calendar_months")
    except BuildError as refusal:
        said = str(refusal)
    else:
        raise StepFailedError("A landing that did not end was built.")
    finally:
        cursor.execute("insert overwrite landing.state values (true, current_timestamp())")
    if "Run arr-ledger land again" not in said:
        raise StepFailedError(f"It was refused, but not with what to do: {said}")
    print("          a landing that did not end was refused with what to do", flush=True)


def releases(proof: Proof) -> None:
    """Two releases and a rollback while readers ask: each of them sees one whole release."""
    case = _built_sample(proof)
    with proof.timed("releases: publish the first"):
        proof.dbt("spark", case, "run-operation", "publish_release")
    first = _ending_arr(proof.cluster)
    changed(proof)
    with _Readers(proof.cluster) as readers:
        with proof.timed("releases: publish the second"):
            proof.dbt("spark", case, "run-operation", "publish_release")
        second = _ending_arr(proof.cluster)
        time.sleep(2)
        with proof.timed("releases: roll back"):
            proof.dbt("spark", case, "run-operation", "roll_back_release")
        time.sleep(2)
    after = _ending_arr(proof.cluster)
    print(f"          ARR of the two releases {first}, {second}; after the rollback {after}")
    print(f"          {sum(readers.seen.values()):,} reads: {dict(readers.seen)}")
    if first == second or after != first:
        raise StepFailedError("The releases are not told apart, or the rollback did not go back.")
    if readers.mixed:
        raise StepFailedError(f"{readers.mixed} reads saw two releases in one query.")


STEPS = {
    "seeds": seeds,
    "sample": sample,
    "data_tests": data_tests,
    "unit_tests": unit_tests,
    "changed": changed,
    "half_landed": half_landed,
    "releases": releases,
    "modes": modes,
    "book": book,
    "worker_killed": worker_killed,
    "server_killed": server_killed,
}
# what is done where nothing is named; releases has changed in it
ALL = [name for name in STEPS if name != "changed"]


class _Readers:
    """A BI session that asks one query over two marts again and again."""

    QUERY = (
        "select max(b.release_id), min(b.release_id), max(r.release_id), min(r.release_id)"
        " from released.rpt_arr_bridge_monthly as b cross join released.rpt_ndr_grr_monthly as r"
        " where b.segment_type = 'all' and r.segment_type = 'all'"
    )

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.seen: Counter[int] = Counter()
        self.mixed = 0
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "_Readers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()

    def _read(self) -> None:
        cursor = self.cluster.cursor()
        while not self._is_done.is_set():
            cursor.execute(self.QUERY)
            releases = set(cursor.fetchall()[0])
            self.mixed += len(releases) != 1
            self.seen[max(releases)] += 1


def _ending_arr(cluster: Cluster) -> str:
    cursor = cluster.cursor()
    cursor.execute(
        "select cast(ending_arr as string) from released.rpt_arr_bridge_monthly"
        " where segment_type = 'all' order by date_month desc limit 1"
    )
    return cursor.fetchall()[0][0]


def _built_sample(proof: Proof) -> Case:
    """The sample company on both engines, built unless it is what was built last."""
    if proof.last is None or proof.last.name != "sample":
        proof.built(Case("sample", _sample(proof)))
    assert proof.last is not None
    return proof.last


def _sample(proof: Proof) -> dict[str, object]:
    """The sample company in raw tables of both engines."""
    proof.database.unlink(missing_ok=True)
    return proof.landed(sample_folder(proof.folder / "sample"), "sample") | SAMPLE_DAY
