"""python -m tools.spark start|stop --folder DIR: the cluster by hand."""

import argparse
import sys
from pathlib import Path

from tools.spark import cluster


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.spark", description=__doc__)
    parser.add_argument("command", choices=["start", "stop"])
    parser.add_argument("--folder", type=Path, default=Path("target/spark"))
    chosen = parser.parse_args()
    try:
        if chosen.command == "stop":
            cluster.stop(chosen.folder)
            return 0
        started = cluster.start(chosen.folder)
    except cluster.ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(f"export {name}={value}" for name, value in started.environment.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
