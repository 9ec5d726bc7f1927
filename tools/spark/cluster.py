"""A Spark cluster on one machine: a master, two workers, a Thrift server, Iceberg tables.

Everything it writes is below one folder, and every process is in one file there, so that stop()
finds them in another shell too. Nothing listens beyond this machine.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyspark
import snowpark_connect_deps_iceberg
from pyhive import hive

HOST = "127.0.0.1"
CATALOG = "ledger"
WORKERS = 2
SECONDS_TO_START = 120
# Small data: the plan is what costs, not the rows. A session that ends asks for the whole heap to
# be collected, which took a third of the server's time. One tier of compilation comes with
# 48 MB for compiled code: once they are full, nothing more is compiled, and classes fail to link.
JVM = (
    "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+DisableExplicitGC -XX:ReservedCodeCacheSize=512m"
)


class ClusterError(Exception):
    """A cluster that cannot be started: what is missing, and what to do."""


@dataclass
class Cluster:
    """Where the processes of a cluster are, and how to reach it."""

    folder: Path
    thrift_port: int
    master_port: int
    driver_memory: str = "3g"
    executor_memory: str = "1g"
    more_settings: dict[str, str] = field(default_factory=dict)
    processes: dict[str, int] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the target spark of profiles.yml reads."""
        return {
            "ARR_LEDGER_SPARK_HOST": HOST,
            "ARR_LEDGER_SPARK_PORT": str(self.thrift_port),
        }

    def cursor(self) -> hive.Cursor:
        """A session of its own on the Thrift server."""
        return hive.connect(HOST, port=self.thrift_port).cursor()

    def write(self) -> None:
        state = asdict(self) | {"folder": str(self.folder)}
        (self.folder / "cluster.json").write_text(json.dumps(state, indent=2))

    @classmethod
    def read(cls, folder: Path) -> "Cluster":
        try:
            state = json.loads((folder / "cluster.json").read_text())
        except FileNotFoundError as error:
            raise ClusterError(
                f"No cluster was started in {folder}: python -m tools.spark start --folder {folder}"
            ) from error
        return cls(**state | {"folder": Path(state["folder"])})


def java() -> str:
    """The Java program that Spark will run."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not found or not Path(found).exists():
        raise ClusterError(
            "Spark needs Java 17, and there is no java here: install it (apt-get install"
            " openjdk-17-jre-headless) or set JAVA_HOME."
        )
    return found


def spark_home() -> Path:
    return Path(pyspark.__file__).parent


def iceberg_jar() -> Path:
    """The jar of Iceberg for the Scala version that pyspark has."""
    jars = Path(snowpark_connect_deps_iceberg.__file__).parent / "jars"
    return next(jars.glob("iceberg-spark-runtime-3.5_2.12-*.jar"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def settings(cluster: Cluster) -> dict[str, str]:
    """What the Thrift server is started with; each line mended a failure or a wait."""
    catalog = f"spark.sql.catalog.{CATALOG}"
    metastore = cluster.folder / "metastore"
    return {
        # on both class paths: a jar that is fetched later is not seen by the catalog
        "spark.driver.extraClassPath": str(iceberg_jar()),
        "spark.executor.extraClassPath": str(iceberg_jar()),
        # deep plans need a deep stack
        "spark.driver.extraJavaOptions": f"{JVM} -Xss16m -Dderby.system.home={metastore}",
        "spark.executor.extraJavaOptions": JVM,
        "spark.driver.bindAddress": HOST,
        "spark.driver.host": HOST,
        "spark.executor.memory": cluster.executor_memory,
        "spark.executor.cores": "1",
        "spark.sql.extensions": (
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        ),
        # a catalog of its own: the session catalog knows tables that are not Iceberg too
        "spark.sql.defaultCatalog": CATALOG,
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "hive",
        f"{catalog}.warehouse": str(cluster.folder / "warehouse"),
        f"{catalog}.default-namespace": "default",
        # a session that keeps tables in memory would show readers the release before
        f"{catalog}.cache-enabled": "false",
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
        "spark.hadoop.hive.metastore.disallow.incompatible.col.type.changes": "false",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={metastore}/db;create=true"
        ),
        "spark.sql.warehouse.dir": str(cluster.folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.adaptive.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.log.level": "WARN",
        "spark.hadoop.hive.server2.thrift.bind.host": HOST,
        "spark.hadoop.hive.server2.thrift.port": str(cluster.thrift_port),
        **cluster.more_settings,
    }


def start(folder: Path, **choices: Any) -> Cluster:
    """A cluster whose Thrift server answers, in a folder of its own that stop() removes.

    ``choices``: driver_memory, executor_memory, more_settings. ClusterError: it does not start.
    """
    java()
    folder = folder.resolve()
    if (folder / "cluster.json").exists():
        raise ClusterError(
            f"A cluster was started in {folder} before:"
            f" python -m tools.spark stop --folder {folder}"
        )
    for part in ("logs", "metastore", "warehouse", "work"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder, thrift_port=free_port(), master_port=free_port(), **choices)
    cluster.write()
    try:
        _run(
            cluster,
            "master",
            [*_class("master.Master"), "--host", HOST, "--port", str(cluster.master_port)],
        )
        _wait_for(cluster, "master", cluster.master_port)
        for number in range(1, WORKERS + 1):
            start_worker(cluster, number)
        start_thrift(cluster)
    except BaseException:
        stop(folder)
        raise
    return cluster


def start_thrift(cluster: Cluster) -> None:
    """The Thrift server, on the port that the cluster has; what it stored before is there again."""
    _run(
        cluster,
        "thrift",
        [
            str(spark_home() / "bin" / "spark-submit"),
            "--class",
            "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
            *("--master", f"spark://{HOST}:{cluster.master_port}"),
            *(
                part
                for name, value in settings(cluster).items()
                for part in ("--conf", f"{name}={value}")
            ),
            "spark-internal",
        ],
        memory=cluster.driver_memory,
    )
    _wait_for(cluster, "thrift", cluster.thrift_port)


def start_worker(cluster: Cluster, number: int) -> None:
    """One worker with one core."""
    master = f"spark://{HOST}:{cluster.master_port}"
    _run(
        cluster,
        f"worker_{number}",
        [
            *(*_class("worker.Worker"), "--host", HOST, "--cores", "1", "--memory", "4g"),
            *("--work-dir", str(cluster.folder / "work"), master),
        ],
    )


def kill(cluster: Cluster, name: str) -> None:
    """Kill a process of the cluster and what it started, as a machine that fails would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(cluster.processes.pop(name), signal.SIGKILL)
    cluster.write()


def stop(folder: Path) -> None:
    """Every process of the cluster ends, and what it wrote goes."""
    cluster = Cluster.read(folder.resolve())
    for name in reversed(list(cluster.processes)):
        kill(cluster, name)
    shutil.rmtree(cluster.folder, ignore_errors=True)


@contextlib.contextmanager
def running(folder: Path, **choices: Any) -> Iterator[Cluster]:
    """A cluster for as long as the block runs; where it fails, the logs stay beside the folder."""
    cluster = start(folder, **choices)
    try:
        yield cluster
    except BaseException:
        kept = cluster.folder.with_name(f"{cluster.folder.name}_logs")
        shutil.copytree(cluster.folder / "logs", kept, dirs_exist_ok=True)
        print(f"The logs of the cluster are in {kept}.", file=sys.stderr)
        raise
    finally:
        stop(folder)


def _class(name: str) -> list[str]:
    return [str(spark_home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]


def _run(cluster: Cluster, name: str, command: list[str], *, memory: str = "512m") -> None:
    environment = os.environ | {
        "SPARK_HOME": str(spark_home()),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(cluster.folder / "work"),
        "SPARK_DAEMON_JAVA_OPTS": JVM,
        # of the Thrift server it is the memory of the driver, whatever spark.driver.memory says
        "SPARK_DAEMON_MEMORY": memory,
        "SPARK_NO_DAEMONIZE": "1",
    }
    with (cluster.folder / "logs" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=cluster.folder,
            start_new_session=True,
        )
    cluster.processes[name] = process.pid
    cluster.write()


def _wait_for(cluster: Cluster, name: str, port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        if _has_ended(cluster.processes[name]):
            break
        time.sleep(0.25)
    log = cluster.folder / "logs" / f"{name}.log"
    last = [line for line in log.read_text(errors="replace").splitlines() if line.strip()][-5:]
    raise ClusterError(
        f"The {name} of Spark did not start; the end of its log:\n  " + "\n  ".join(last)
    )


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return not Path(f"/proc/{pid}").exists()
